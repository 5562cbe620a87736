import type { Shape } from '../shape.js';

const COLUMNS = 10;

/** Rows of 20 numbers: ten integers of 2 to 18 digits and ten fractions of up to 17. */
export const numbers: Shape = {
  pageRows: 1_000,
  row: (id, random) => {
    const row: Record<string, number> = { id };
    for (let i = 0; i < COLUMNS; i += 1) {
      row[`count_${i}`] = Math.floor(random() * 10 ** Math.min(15, 2 + i * 2));
      // Half a step beside whole numbers, which JSON would write as integers.
      row[`ratio_${i}`] =
        i % 2 === 0 ? Math.floor(random() * 1e4) / 1e4 + 2e-5 : random() * 10 ** i;
    }
    return row;
  },
};
