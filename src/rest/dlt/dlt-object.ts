/** An object of a dlt config, as the user wrote it. */
export type DltObject = Readonly<Record<string, unknown>>;
