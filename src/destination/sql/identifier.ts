/** Names as standard SQL, joined by dots: each is quoted, and quotes in it are doubled. */
export function identifier(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}
