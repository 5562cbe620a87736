import type { NestedHints } from '../../operators/types.js';
import { mergeColumns } from './merge-columns.js';

/** Hints of child tables over the common ones: their columns hint by hint, all else replaced. */
export function mergeNested(
  common: Readonly<Record<string, NestedHints>> = {},
  own: Readonly<Record<string, NestedHints>> = {},
): Record<string, NestedHints> {
  return {
    ...common,
    ...Object.fromEntries(
      Object.entries(own).map(([list, hints]) => [
        list,
        { ...common[list], ...hints, columns: mergeColumns(common[list]?.columns, hints.columns) },
      ]),
    ),
  };
}
