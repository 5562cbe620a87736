/** Rows of one kind, the same in every run: the generator is seeded. */
export interface Shape {
  /** Rows of a page. */
  pageRows: number;
  /** Makes row `id`; called for 0, 1, … in order. */
  row: (id: number, random: () => number) => object;
}
