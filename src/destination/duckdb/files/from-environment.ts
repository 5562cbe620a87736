/** The first of these environment variables that has a text. */
export function fromEnvironment(...variables: readonly string[]): string | undefined {
  return variables.map((one) => process.env[one]).find((value) => Boolean(value));
}
