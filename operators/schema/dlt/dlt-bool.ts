const WORDS = new Map([
  ...['yes', 'true', 't', 'y', '1'].map((word) => [word, true] as const),
  ...['no', 'false', 'f', 'n', '0'].map((word) => [word, false] as const),
]);

/** Reads a text as dlt's `str2bool` does; undefined for what it refuses. */
export function dltBool(text: string): boolean | undefined {
  return WORDS.get(text.toLowerCase());
}
