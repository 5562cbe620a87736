/** An object as a user wrote it, in dlt's words. */
export type Words = Readonly<Record<string, unknown>>;
