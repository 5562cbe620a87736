/** Hints of columns over the common ones, each hint by hint. */
export function mergeColumns<H extends object>(
  common: Readonly<Record<string, H>> = {},
  own: Readonly<Record<string, H>> = {},
): Record<string, H> {
  return {
    ...common,
    ...Object.fromEntries(
      Object.entries(own).map(([name, hint]) => [name, { ...common[name], ...hint }]),
    ),
  };
}
