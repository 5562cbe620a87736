import { ConfigError } from '../errors.js';
import type { Resource } from '../source.js';
import type { Auth } from './auth/auth.js';
import type { AuthLike } from './auth/auth-of.js';
import type { Paginator } from './paginators/paginator.js';
import { paginatorOf } from './paginators/paginator-of.js';
import { single } from './paginators/single.js';
import { type Placeholder, placeholdersIn } from './placeholders.js';
import type { RestConfig, RestEndpoint, RestResource } from './rest-config.js';

/** A field of a parent's row. */
export interface ParentField {
  parent: string;
  /** Dotted path in the row. */
  field: string;
}

/** A resource with defaults merged and its place in the family known. */
export interface ResolvedResource {
  resource: Resource;
  endpoint: Omit<RestEndpoint, 'path' | 'paginator' | 'auth'> & { path: string; paginator: Paginator | 'auto'; auth?: Auth | null };
  /** Rows that are given; null for a resource that is asked for. */
  data: NonNullable<RestResource['data']> | null;
  /**
   * Resources whose rows it is asked for with. None for a root. Of parents that descend from each other only the last is
   * named here: its rows know those above. Rows of several others are combined, each with each that is below the same rows.
   */
  parents: readonly string[];
  /** Fields of rows of parents and those above them that its requests need. */
  fields: readonly ParentField[];
  /** Stamped field → where its value comes from. */
  stamp: Readonly<Record<string, ParentField>>;
}

/** The config's resources, checked: parents before children. `authOf` makes the authorization of endpoints that have their own. ConfigError naming the resource that is wrong. */
export function resolveResources({ resources, resourceDefaults = {}, client }: RestConfig, authOf: (auth: AuthLike) => Auth): ResolvedResource[] {
  const named = resources.map((given) => (typeof given === 'string' ? { name: given } : given));
  const names = named.map(({ name }) => name);
  if (named.length === 0) throw new ConfigError('A source needs at least one resource.');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ConfigError(`Resource ${twice} is defined twice.`);
  const merged = named.map((given) => mergedResource(given, resourceDefaults, client.paginator, authOf));
  for (const { resource, links } of merged) {
    const unknown = links.find((parent) => !names.includes(parent));
    if (unknown !== undefined) throw new ConfigError(`Resource ${resource.name} takes fields of ${unknown}, which is not defined. Resources: ${names.join(', ')}.`);
  }
  const sorted = parentsFirst(merged);
  const above = new Map<string, ReadonlySet<string>>();
  return sorted.map(({ links, include, ...one }) => {
    const { name } = one.resource;
    const parents = links.filter((parent) => !links.some((other) => other !== parent && above.get(other)?.has(parent)));
    if ((one.endpoint.groupSize ?? 1) > 1 && parents.length > 1)
      throw new ConfigError(`Resource ${name} has groupSize and several parents (${parents.join(', ')}): rows of one parent alone are asked for in groups.`);
    // Whose answers it shares has no row above its own.
    const all = new Set(parents.flatMap((parent) => [...(parent === one.endpoint.answerOf ? [] : [parent]), ...(above.get(parent) ?? [])]));
    above.set(name, all);
    return { ...one, parents, stamp: stampOf(include, parents, all, name) };
  });
}

type Merged = Omit<ResolvedResource, 'parents' | 'stamp'> & { links: string[]; include: RestResource['includeFromParent'] };

function mergedResource(given: RestResource, defaults: NonNullable<RestConfig['resourceDefaults']>, paginator: RestEndpoint['paginator'], authOf: (auth: AuthLike) => Auth): Merged {
  const { endpoint: own, data = null, includeFromParent: include = defaults.includeFromParent, ...rest } = given;
  const { endpoint: common, includeFromParent: _, ...hints } = defaults;
  const part: RestEndpoint = typeof own === 'string' ? { path: own } : (own ?? {});
  const path = part.path ?? common?.path ?? given.name;
  const one = isOne(path) ? { paginator: single(), dataSelector: '@' } : paginator !== undefined && { paginator };
  const json = (common?.json ?? part.json) && { ...common?.json, ...part.json };
  const whole: RestEndpoint & { path: string } = { ...one, ...common, ...part, params: { ...common?.params, ...part.params }, ...(json && { json }), path };
  const { auth, ...asked } = whole;
  if (whole.json !== undefined && whole.data !== undefined) throw new ConfigError(`Resource ${given.name} has both json and data; a request has one body.`);
  if (data !== null && own !== undefined) throw new ConfigError(`Resource ${given.name} has both data and an endpoint; rows are given or asked for.`);
  const placeholders = data === null ? placeholdersIn(whole.path, whole.params, whole.json, whole.data, whole.headers, whole.saveAs) : [];
  requireSources(given.name, whole, placeholders);
  const fields = placeholders.flatMap(({ parent, field }) => (parent === null ? [] : [{ parent, field }]));
  const links = [...new Set([...fields.map(({ parent }) => parent), ...(whole.answerOf === undefined ? [] : [whole.answerOf])])];
  if (include !== undefined && links.length === 0)
    throw new ConfigError(`Resource ${given.name} has includeFromParent but no {resources.<parent>.<field>} that names a parent.`);
  if (include !== undefined && (whole.groupSize ?? 1) > 1)
    throw new ConfigError(`Resource ${given.name} asks for several rows of its parent at once (groupSize), so their fields cannot be told apart on its rows. Leave out includeFromParent or groupSize.`);
  return {
    resource: { ...hints, ...rest, columns: mergedColumns(hints.columns, rest.columns) },
    endpoint: { ...asked, paginator: paginatorOf(whole.paginator ?? 'auto'), ...(auth !== undefined && { auth: auth === null ? null : authOf(auth) }) },
    data,
    fields,
    links,
    include,
  };
}

/** Placeholders need what they are filled from. */
function requireSources(name: string, endpoint: RestEndpoint, placeholders: readonly Placeholder[]): void {
  const lacks = (from: Placeholder['from'], given: unknown): boolean => given === undefined && placeholders.some((one) => one.from === from);
  if (lacks('incremental', endpoint.incremental)) throw new ConfigError(`Resource ${name} has {incremental.…} but no incremental in its endpoint.`);
  if (lacks('window', endpoint.windows)) throw new ConfigError(`Resource ${name} has {window.…} but no windows in its endpoint.`);
  if (endpoint.format === 'file' && endpoint.saveAs === undefined) throw new ConfigError(`Resource ${name} answers with files; say where they go: saveAs.`);
}

/** True for a path whose last segment holds a placeholder: dlt takes it for the address of one record. */
function isOne(path: string): boolean {
  return /\{[\w.-]+\}/.test(path.replace(/\/+$/, '').split('/').at(-1) ?? '');
}

function mergedColumns(common: Resource['columns'] = {}, own: Resource['columns'] = {}): NonNullable<Resource['columns']> {
  return { ...common, ...Object.fromEntries(Object.entries(own).map(([name, hint]) => [name, { ...common[name], ...hint }])) };
}

function stampOf(include: RestResource['includeFromParent'], parents: readonly string[], above: ReadonlySet<string>, name: string): Record<string, ParentField> {
  if (include === undefined) return {};
  const [only = '', ...others] = parents;
  const from = (text: string): ParentField => {
    const parent = above.size > 1 || !above.has(only) ? [...above].find((one) => text.startsWith(`${one}.`)) : undefined;
    if (parent !== undefined) return { parent, field: text.slice(parent.length + 1) };
    if (others.length > 0) throw new ConfigError(`Resource ${name} has several parents (${parents.join(', ')}): write \`<parent>.${text}\` in includeFromParent.`);
    return { parent: only, field: text };
  };
  if (!Array.isArray(include)) return Object.fromEntries(Object.entries(include).map(([stamped, text]) => [stamped, from(text)]));
  return Object.fromEntries(
    (include as readonly string[]).map(from).map(({ parent, field }) => [`_${parent}_${field}`, { parent, field }]),
  );
}

function parentsFirst(resources: readonly Merged[]): Merged[] {
  const sorted: Merged[] = [];
  let rest = [...resources];
  while (rest.length > 0) {
    const ready = rest.filter(({ links }) => links.every((parent) => sorted.some(({ resource }) => resource.name === parent)));
    if (ready.length === 0) throw new ConfigError(`Resources ${rest.map(({ resource }) => resource.name).join(', ')} take fields of each other in a circle.`);
    sorted.push(...ready);
    rest = rest.filter((one) => !ready.includes(one));
  }
  return sorted;
}
