/** Somewhere settings come from beside environment and files: a vault. */
export interface SettingsProvider {
  /** Shown in errors. */
  readonly name: string;
  /**
   * The value at a path such as `['sources', 'shop', 'token']`; undefined, null or an empty text
   * where it has none. It must return at once: fetch from a vault first, then hand over what came.
   */
  get(path: readonly string[]): unknown;
}
