import type { Shape } from '../shape.js';

/** Rows of two numbers, about 22 bytes each. */
export const tiny: Shape = {
  pageRows: 10_000,
  row: (id, random) => ({ id, value: Math.floor(random() * 1e5) }),
};
