/** Returns the name of an option of ours for dlt's word: `start_value` → `startValue`. */
export function camelCase(word: string): string {
  return word.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
