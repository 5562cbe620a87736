import type { Group } from '../harness/comparison.js';
import { destinations } from './destinations.js';
import { large } from './large.js';
import { latency } from './latency.js';
import { many } from './many.js';
import { parts } from './parts.js';
import { shapesOfRows } from './shapes.js';
import { small } from './small.js';
import { tables } from './tables.js';

/** All groups, in the order of benchmarks/README.md. */
export const groups: readonly Group[] = [
  small,
  large,
  destinations,
  shapesOfRows,
  latency,
  many,
  tables,
  parts,
];
