/** A place of settings beside environment and files, such as a vault. */
export interface SettingsProvider {
  /** Shown in errors. */
  readonly name: string;
  /**
   * Returns the value at a path such as `['sources', 'shop', 'token']`; undefined, null or an empty
   * text where it has none. It must not return a promise: fetch the values from a vault first, then
   * pass them.
   */
  get(path: readonly string[]): unknown;
}
