import { isRecord } from './is-record.js';
import type { Shape } from './shape.js';

/** True where the value itself is of the shape's kind; what is inside it is not looked at. */
export function fits(value: unknown, shape: Shape): boolean {
  if (shape.kind === 'value') return shape.is(value);
  if (shape.kind === 'words') return typeof value === 'string' && shape.words.includes(value);
  if (shape.kind === 'list') return Array.isArray(value);
  if (shape.kind === 'either') return shape.of.some((one) => fits(value, one));
  return isRecord(value);
}
