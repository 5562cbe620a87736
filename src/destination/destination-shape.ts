import { made, type Shape } from '../../operators/settings/shape.js';
import type { Destination } from './destination.js';

/** A destination, by what it can do. */
export const destinationShape: Shape<Destination> = made<Destination>(
  'a destination, for example duckdb("shop.duckdb")',
  'begin',
  'dataset',
);
