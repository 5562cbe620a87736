/**
 * The beginning of a text for a message, with `…` where it is cut: what removes secrets from
 * messages knows by it that the text may end amid one.
 *
 * @param longest characters that are shown
 */
export function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
