import { tableHints } from '../../../operators/schema/table-hints.js';
import { givenMembers } from '../../../operators/settings/given-members.js';
import type { TableHints } from '../../../operators/types.js';
import type { RestResource } from '../config/rest-config.js';
import { mergeColumns, mergeEndpoint } from '../resources/merge-resource.js';
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
  const { processingSteps = [], ...table } = translateHints(
    givenMembers({ ...commonHints, ...hints, columns }),
    place,
    notes,
  );
  const steps = [...processingSteps, ...requested.steps];
  const resource = {
    name,
    ...table,
    ...(steps.length > 0 && { processingSteps: steps }),
    endpoint: requested.endpoint,
  };
  const written = notes.tried(at, () => tableHints(name, resource));
  if (written !== undefined) tellOfIncremental(resource, written, at, notes);
  return { resource, unfilled: requested.unfilled };
}

const NOT_ASKED =
  'nothing in the request says from when on rows are wanted, so each run would add all rows again; dlt leaves them out by their cursor, ' +
  'which is not supported yet. Give start_param, or write_disposition merge with a primary_key.';

/**
 * Without a word of what is new, an API gives everything again, and rows that dlt leaves out would
 * be there twice.
 */
function tellOfIncremental(
  { endpoint }: RestResource,
  { writeDisposition, primaryKey }: TableHints,
  at: string,
  notes: Notes,
): void {
  const { incremental, ...rest } = endpoint as Exclude<
    RestResource['endpoint'],
    string | undefined
  >;
  if (incremental === undefined || incremental.endValue !== undefined) return;
  if (writeDisposition === 'replace') return;
  if (writeDisposition === 'merge' && primaryKey.length > 0) return;
  const isRequested =
    incremental.startParam !== undefined ||
    /\{incremental\.(start|last)Value\}/.test(
      JSON.stringify([rest.path, rest.params, rest.json, rest.data, rest.headers]),
    );
  if (isRequested)
    notes.notice(
      `${at}.endpoint.incremental`,
      'rows at the border of two runs, which an API may send in both, are added twice; dlt leaves them out. Use write_disposition merge with a primary_key.',
    );
  else notes.problem(`${at}.endpoint.incremental`, NOT_ASKED);
}

function endpointOf(endpoint: unknown): DltObject {
  return typeof endpoint === 'string' ? { path: endpoint } : ((endpoint ?? {}) as DltObject);
}
