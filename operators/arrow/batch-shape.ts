import { isObject } from '../json/is-object.js';
import type { Shape } from '../settings/shape.js';
import type { Batch } from '../types.js';

/** A batch, by its tables. */
export const batchShape: Shape<Batch> = {
  kind: 'value',
  label: 'a batch, which batch() makes',
  is: (value) => isObject(value) && Array.isArray(value['tables']),
};
