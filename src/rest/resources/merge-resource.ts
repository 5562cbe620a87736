import { declaredColumns, isRowSchema } from '../../run/column-schema.js';
import { mergeColumns } from '../../run/merge-columns.js';
import { mergeNested } from '../../run/merge-nested.js';
import { rowValidator } from '../../run/row-validator.js';
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
  { resourceDefaults = {}, client }: Pick<RestConfig, 'resourceDefaults' | 'client'>,
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
  const beneath = declaredColumns(commonColumns ?? {}, validate);
  const above = declaredColumns(ownColumns ?? {}, validate);
  const nested = mergeNested(beneath.nestedHints, above.nestedHints);
  const optional = new Set([...Object.keys(beneath.columns), ...beneath.optionalColumns]);
  for (const column of Object.keys(above.columns)) optional.delete(column);
  for (const column of above.optionalColumns) optional.add(column);
  for (const list of Object.keys(commonHints.nestedHints ?? {})) optional.add(list);
  for (const list of Object.keys(ownHints.nestedHints ?? {})) optional.delete(list);
  const schema = isRowSchema(ownColumns) ? ownColumns : commonColumns;
  const directNames = new Map([...beneath.directNames, ...above.directNames]);
  return {
    resource: {
      ...commonHints,
      ...ownHints,
      ...(validate === true && { rowValidator: rowValidator(schema) }),
      columns: mergeColumns(beneath.columns, above.columns),
      nestedHints: mergeNested(nested, ownHints.nestedHints ?? commonHints.nestedHints),
      optionalColumns: [...optional],
      ...(directNames.size > 0 && { directNames }),
    },
    endpoint: { ...one, ...mergeEndpoint(common, part), path },
    defaultParams: Object.keys(common?.params ?? {}).filter(
      (name) => !(name in (part.params ?? {})),
    ),
    data,
    include,
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

/**
 * True for a path whose last segment holds a placeholder: dlt takes it for the address of one
 * record.
 */
export function isOne(path: string): boolean {
  return /\{\+?[\w.-]+\}/.test(path.replace(/\/+$/, '').split('/').at(-1) ?? '');
}
