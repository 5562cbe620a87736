import { conventionOf, namingWithin } from '../../operators/schema/convention.js';
import type { NamingConvention } from '../../operators/types.js';
import type { Destination } from '../destination/destination.js';

/** Returns the name of a dataset in a destination, as short as that needs it. */
export function datasetName(
  name: string,
  { capabilities: { identifierBytes } }: Pick<Destination, 'capabilities'>,
  naming?: NamingConvention,
): string {
  return conventionOf(namingWithin(naming, identifierBytes)).identifier(name);
}
