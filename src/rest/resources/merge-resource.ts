import { columnHints, withValidation } from '../../run/column-schema.js';
import type { Resource } from '../../run/source.js';
import type { RestConfig, RestEndpoint, RestResource } from '../config/rest-config.js';
import { single } from '../paginators/single.js';

/** A resource with the defaults beneath it. */
export interface MergedResource {
  resource: Resource;
  endpoint: RestEndpoint & { path: string };
  /** Names of the parameters that are from `resourceDefaults` alone. */
  defaultParams: readonly string[];
  data: NonNullable<RestResource['data']> | null;
  include: RestResource['includeFromParent'];
}

/**
 * A resource over `resourceDefaults`: `endpoint`, its `params` and `json`, and each of `columns`
 * key by key, all else replaced. As in dlt.
 */
export function mergeResource(
  given: string | RestResource,
  {
    resourceDefaults = {},
    client,
    ...source
  }: Pick<
    RestConfig,
    'resourceDefaults' | 'client' | 'schemaContract' | 'maxTableNesting' | 'rootKey'
  >,
): MergedResource {
  const {
    endpoint: own,
    data = null,
    includeFromParent: include = resourceDefaults.includeFromParent,
    ...rest
  } = typeof given === 'string' ? { name: given } : given;
  const { endpoint: common, includeFromParent: _, ...hints } = resourceDefaults;
  const part: RestEndpoint = typeof own === 'string' ? { path: own } : (own ?? {});
  const path = part.path ?? common?.path ?? rest.name;
  const one = isOne(path)
    ? { paginator: single(), dataSelector: '@' }
    : client.paginator !== undefined && { paginator: client.paginator };
  const { columns: commonColumns, validate: validatesAll, ...commonHints } = hints;
  const { columns: ownColumns, validate = validatesAll, ...ownHints } = rest;
  const beneath = columnHints(commonColumns ?? {});
  const above = columnHints(ownColumns ?? {});
  const steps = ownHints.processingSteps ?? commonHints.processingSteps ?? [];
  return {
    resource: {
      ...sourceHints(source),
      ...commonHints,
      ...ownHints,
      ...(validate === true && {
        processingSteps: withValidation(steps, ownColumns ?? commonColumns),
      }),
      columns: mergeColumns(beneath, above),
      optionalColumns: Object.keys(beneath).filter((column) => !Object.hasOwn(above, column)),
    },
    endpoint: { ...one, ...mergeEndpoint(common, part), path },
    defaultParams: Object.keys(common?.params ?? {}).filter(
      (name) => !(name in (part.params ?? {})),
    ),
    data,
    include,
  };
}

/** Hints of a source, for resources that do not say. */
function sourceHints({
  schemaContract,
  maxTableNesting,
  rootKey,
}: Pick<RestConfig, 'schemaContract' | 'maxTableNesting' | 'rootKey'>): Partial<Resource> {
  return {
    ...(schemaContract !== undefined && { schemaContract }),
    ...(maxTableNesting !== undefined && { maxTableNesting }),
    ...(rootKey !== undefined && { rootKey }),
  };
}

/** What `mergeEndpoint` merges key by key; the words are the same in both spellings. */
interface Mergeable {
  params?: object;
  json?: object;
}

/** An endpoint over the common one: `params` and `json` key by key, all else replaced. */
export function mergeEndpoint<E extends Mergeable>(common: E | undefined, own: E): E {
  const json = (common?.json ?? own.json) && { ...common?.json, ...own.json };
  return { ...common, ...own, params: { ...common?.params, ...own.params }, ...(json && { json }) };
}

/** Columns over the common ones, each hint by hint. */
export function mergeColumns<H extends object>(
  common: Readonly<Record<string, H>> = {},
  own: Readonly<Record<string, H>> = {},
): Record<string, H> {
  return {
    ...common,
    ...Object.fromEntries(
      Object.entries(own).map(([name, hint]) => [name, { ...common[name], ...hint }]),
    ),
  };
}

/**
 * True for a path whose last segment holds a placeholder: dlt takes it for the address of one
 * record.
 */
export function isOne(path: string): boolean {
  return /\{\+?[\w.-]+\}/.test(path.replace(/\/+$/, '').split('/').at(-1) ?? '');
}
