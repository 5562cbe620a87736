import { namingWithin } from '../../operators/schema/convention.js';
import type { NamingConvention, NestedHints } from '../../operators/types.js';
import type { Destination } from '../destination/destination.js';
import type { Resource } from './source.js';

/**
 * The resources with the naming convention of a run. Hints that follow from a schema name nested
 * keys with the separator of that convention. Pure.
 */
export function withConvention(
  resources: readonly Resource[],
  convention: NamingConvention | undefined,
  { capabilities: { identifierBytes } }: Pick<Destination, 'capabilities'>,
): readonly Resource[] {
  const naming = namingWithin(convention, identifierBytes);
  if (naming === undefined) return resources;
  const isDirect = convention === 'direct';
  return resources.map((one) => ({ ...(isDirect ? respelt(one) : one), naming }));
}

function respelt(resource: Resource): Resource {
  const { directNames, columns, nestedHints, optionalColumns } = resource;
  if (directNames === undefined || directNames.size === 0) return resource;
  const name = (given: string): string => directNames.get(given) ?? given;
  const renamed = <T>(hints: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(hints).map(([key, hint]) => [name(key), hint]));
  const ofList = (hints: NestedHints): NestedHints =>
    hints.columns === undefined ? hints : { ...hints, columns: renamed(hints.columns) };
  return {
    ...resource,
    ...(columns && { columns: renamed(columns) }),
    ...(nestedHints && {
      nestedHints: Object.fromEntries(
        Object.entries(renamed(nestedHints)).map(([list, hints]) => [list, ofList(hints)]),
      ),
    }),
    ...(optionalColumns && { optionalColumns: optionalColumns.map(name) }),
  };
}
