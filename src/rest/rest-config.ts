import { ConfigError } from '../errors.js';
import type { Resource } from '../source.js';
import type { EndpointConfig } from './endpoint.js';
import type { ClientConfig } from './http-client.js';
import type { Paginator } from './paginators/paginator.js';
import { single } from './paginators/single.js';
import { type Placeholder, placeholdersIn } from './placeholders.js';
import type { WindowConfig } from './windows.js';

/**
 * Where and how a resource is asked for. Fields not given come from `resourceDefaults.endpoint`, the paginator from the
 * client. Values of `params` may hold `{resources.<parent>.<field>}`. Where the path ends in a placeholder, the answer is one
 * page and `@` its rows unless said otherwise, as in dlt.
 */
export interface RestEndpoint extends Omit<EndpointConfig, 'url' | 'resource' | 'client' | 'gate' | 'signal' | 'observe'> {
  /** Behind the client's base URL; may hold `{resources.<parent>.<field>}`. @default the resource's name */
  path?: string;
  /** Ask once for each piece of a span of time. */
  windows?: WindowConfig;
}

export interface RestResource extends Resource {
  /** An endpoint, or its path alone. */
  endpoint?: string | RestEndpoint;
  /** Fields of the parent's row put on each row: a list (`id` becomes `_<parent>_id`, as in dlt), or names and fields (`{ course_id: 'id' }`). */
  includeFromParent?: readonly string[] | Readonly<Record<string, string>>;
}

export interface RestConfig {
  /** dlt's source name. @default 'rest_api' */
  name?: string;
  client: ClientConfig & { paginator?: Paginator };
  /** What every resource has unless it says otherwise; `endpoint`, its `params` and `json`, and each of `columns` are merged key by key, all else is replaced. */
  resourceDefaults?: Omit<RestResource, 'name' | 'endpoint'> & { endpoint?: RestEndpoint };
  /** A text is a resource whose path is its name. */
  resources: readonly (string | RestResource)[];
}

/** A resource with defaults merged and its place in the family known. */
export interface ResolvedResource {
  resource: Resource;
  endpoint: RestEndpoint & { path: string };
  /** Name of the parent; null for a resource of its own. */
  parent: string | null;
  /** Fields of the parent's rows that requests need. */
  placeholders: readonly Placeholder[];
  /** Stamped field → field of the parent's row. */
  stamp: Readonly<Record<string, string>>;
}

/** The config's resources, checked: parents before children. ConfigError naming the resource that is wrong. */
export function resolveResources({ resources, resourceDefaults = {}, client }: RestConfig): ResolvedResource[] {
  const resolved = resources.map((given) => resolveOne(typeof given === 'string' ? { name: given } : given, resourceDefaults, client.paginator));
  const names = resolved.map(({ resource }) => resource.name);
  if (resolved.length === 0) throw new ConfigError('A source needs at least one resource.');
  for (const { resource, parent } of resolved) {
    if (names.filter((name) => name === resource.name).length > 1) throw new ConfigError(`Resource ${resource.name} is defined twice.`);
    if (parent !== null && !names.includes(parent))
      throw new ConfigError(`Resource ${resource.name} takes fields of ${parent}, which is not defined. Resources: ${names.join(', ')}.`);
  }
  return parentsFirst(resolved);
}

function resolveOne(given: RestResource, defaults: NonNullable<RestConfig['resourceDefaults']>, paginator: Paginator | undefined): ResolvedResource {
  const { endpoint: own, includeFromParent = defaults.includeFromParent, ...rest } = given;
  const { endpoint: common, includeFromParent: _, ...hints } = defaults;
  const part: RestEndpoint = typeof own === 'string' ? { path: own } : (own ?? {});
  const params = { ...common?.params, ...part.params };
  const json = (common?.json ?? part.json) && { ...common?.json, ...part.json };
  const path = part.path ?? common?.path ?? given.name;
  const endpoint = { ...(isOne(path) ? ONE : paginator && { paginator }), ...common, ...part, params, ...(json && { json }), path };
  const placeholders = placeholdersIn(endpoint.path, params);
  const [parent = null, ...others] = [...new Set(placeholders.map((placeholder) => placeholder.parent))];
  if (others.length > 0) throw new ConfigError(`Resource ${given.name} takes fields of several parents (${[parent, ...others].join(', ')}); one is possible.`);
  if (includeFromParent !== undefined && parent === null)
    throw new ConfigError(`Resource ${given.name} has includeFromParent but no {resources.<parent>.<field>} in its path or params that names a parent.`);
  return {
    resource: { ...hints, ...rest, columns: mergedColumns(hints.columns, rest.columns) },
    endpoint,
    parent,
    placeholders,
    stamp: stampOf(includeFromParent, parent),
  };
}

/** How one record is asked for, unless the endpoint or the defaults say otherwise. */
const ONE = { paginator: single(), dataSelector: '@' };

/** True for a path whose last segment holds a placeholder: dlt takes it for the address of one record. */
function isOne(path: string): boolean {
  return /\{[\w.-]+\}/.test(path.replace(/\/+$/, '').split('/').at(-1) ?? '');
}

function mergedColumns(common: Resource['columns'] = {}, own: Resource['columns'] = {}): NonNullable<Resource['columns']> {
  return { ...common, ...Object.fromEntries(Object.entries(own).map(([name, hint]) => [name, { ...common[name], ...hint }])) };
}

function stampOf(include: RestResource['includeFromParent'], parent: string | null): Record<string, string> {
  if (include === undefined) return {};
  if (!Array.isArray(include)) return { ...(include as Readonly<Record<string, string>>) };
  return Object.fromEntries((include as readonly string[]).map((field) => [`_${parent}_${field}`, field]));
}

function parentsFirst(resources: readonly ResolvedResource[]): ResolvedResource[] {
  const sorted: ResolvedResource[] = [];
  let rest = [...resources];
  while (rest.length > 0) {
    const ready = rest.filter(({ parent }) => parent === null || sorted.some(({ resource }) => resource.name === parent));
    if (ready.length === 0) throw new ConfigError(`Resources ${rest.map(({ resource }) => resource.name).join(', ')} take fields of each other in a circle.`);
    sorted.push(...ready);
    rest = rest.filter((one) => !ready.includes(one));
  }
  return sorted;
}
