const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Returns the last 40 bytes before `end` as one quoted line. */
export function excerpt(body: Uint8Array, end: number): string {
  return JSON.stringify(decoder.decode(body.subarray(Math.max(0, end - 40), end)));
}
