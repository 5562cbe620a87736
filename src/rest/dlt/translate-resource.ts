import { tableHints } from '../../../operators/schema/table-hints.js';
import { givenMembers } from '../../../operators/settings/given-members.js';
import { mergeColumns } from '../../run/merge-columns.js';
import type { RestResource } from '../config/rest-config.js';
import { mergeEndpoint } from '../resources/merge-resource.js';
import type { DltObject } from './dlt-object.js';
import type { Notes } from './notes.js';
import { columnsByName } from './translate-columns.js';
import { translateEndpoint } from './translate-endpoint.js';
import { translateHints } from './translate-hints.js';

/** A resource of dlt's as ours. */
export interface TranslatedResource {
  resource: RestResource;
  /** What its path lacks; null where it can be requested. */
  unfilled: string | null;
}

/**
 * A resource of dlt's, a name or a dict, with the defaults beneath it: explicit in all, so that no
 * defaults are needed.
 */
export function translateResource(
  own: string | DltObject,
  defaults: DltObject,
  baseUrl: string,
  at: string,
  notes: Notes,
): TranslatedResource {
  const { name, endpoint, ...hints } = (
    typeof own === 'string' ? { name: own } : own
  ) as DltObject & {
    name: string;
  };
  const { endpoint: common, ...commonHints } = defaults;
  const ownEndpoint = endpointOf(endpoint);
  const shared = endpointOf(common);
  // dlt gives a resource its path before it looks at the defaults, so theirs never counts.
  const { auth, ...rest } = mergeEndpoint(shared, {
    ...ownEndpoint,
    path: ownEndpoint['path'] ?? name,
  });
  // Null means that nothing is given; of `auth` it says that there is to be none.
  const merged = { ...givenMembers(rest), ...(auth !== undefined && { auth }) } as DltObject & {
    path: string;
  };
  const placeInEndpoint = (key: string): string => {
    if (key === 'path' && typeof own === 'string') return at;
    if (key === 'path' && typeof endpoint === 'string') return `${at}.endpoint`;
    return ownEndpoint[key] === undefined && shared[key] !== undefined
      ? `resource_defaults.endpoint.${key}`
      : `${at}.endpoint.${key}`;
  };
  const place = (key: string): string =>
    hints[key] === undefined && commonHints[key] !== undefined
      ? `resource_defaults.${key}`
      : `${at}.${key}`;
  const requested = translateEndpoint(merged, baseUrl, placeInEndpoint, notes);
  const columns = mergeColumns(
    columnsByName(commonHints['columns'], 'resource_defaults.columns', notes),
    columnsByName(hints['columns'], `${at}.columns`, notes),
  );
  const table = translateHints(givenMembers({ ...commonHints, ...hints, columns }), place, notes);
  const resource = {
    name,
    ...table,
    endpoint: requested.endpoint,
  };
  notes.tried(at, () => tableHints(name, resource));
  return { resource, unfilled: requested.unfilled };
}

function endpointOf(endpoint: unknown): DltObject {
  return typeof endpoint === 'string' ? { path: endpoint } : ((endpoint ?? {}) as DltObject);
}
