/** Returns the name of an option as dlt writes settings: `apiKey` → `api_key`. */
export function settingName(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
