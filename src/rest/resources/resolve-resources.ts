import type { Resource } from '../../run/source.js';
import type { AuthLike } from '../auth/auth-of.js';
import type { Auth } from '../auth/auth.js';
import type { RestConfig, RestEndpoint, RestResource } from '../config/rest-config.js';
import { paginatorOf } from '../paginators/paginator-of.js';
import type { Paginator } from '../paginators/paginator.js';
import { familyTree, linksOf, type NeededField, parentFields } from './links.js';
import { type MergedResource, mergeResource } from './merge-resource.js';

/** A field of a parent's row. */
export interface ParentField {
  parent: string;
  /** Dotted path in the row. */
  field: string;
}

/** A resource with defaults merged and its place in the family known. */
export interface ResolvedResource {
  resource: Resource;
  endpoint: Omit<RestEndpoint, 'path' | 'paginator' | 'auth'> & {
    path: string;
    paginator: Paginator | 'auto';
    auth?: Auth | null;
  };
  /** Names of the parameters that are from `resourceDefaults` alone. */
  defaultParams: readonly string[];
  /** Rows that are given; null for a resource that is asked for. */
  data: NonNullable<RestResource['data']> | null;
  /**
   * Resources whose rows it is asked for with. None for a root. Of parents that descend from each
   * other only the last is named here: its rows know those above. Rows of several others are
   * combined, each with each that is below the same rows.
   */
  parents: readonly string[];
  /** Fields of rows of parents and those above them that its requests need. */
  fields: readonly NeededField[];
  /** Stamped field → where its value comes from. */
  stamp: Readonly<Record<string, ParentField>>;
}

/**
 * The resources of a config that `validateConfig` found right: parents before children. `authOf`
 * makes the authorization of endpoints that have their own.
 */
export function resolveResources(
  config: RestConfig,
  authOf: (auth: AuthLike) => Auth,
): ResolvedResource[] {
  const merged = config.resources.map((given) => mergeResource(given, config));
  const links = new Map(
    merged.map(({ resource, endpoint, data }) => [
      resource.name,
      data === null ? linksOf(endpoint) : [],
    ]),
  );
  const tree = familyTree(
    links,
    new Map(merged.map(({ resource, endpoint }) => [resource.name, endpoint.responseOf])),
  );
  return parentsFirst(merged, links).map(
    ({ resource, endpoint: { auth, ...endpoint }, defaultParams, data, include }) => {
      const parents = tree.parents(resource.name);
      return {
        resource,
        endpoint: {
          ...endpoint,
          paginator: paginatorOf(endpoint.paginator ?? 'auto'),
          ...(auth !== undefined && { auth: auth === null ? null : authOf(auth) }),
        },
        defaultParams,
        data,
        parents,
        fields: data === null ? parentFields(endpoint) : [],
        stamp: stampOrigins(include, parents, tree.above(resource.name)),
      };
    },
  );
}

function stampOrigins(
  include: RestResource['includeFromParent'],
  parents: readonly string[],
  above: ReadonlySet<string>,
): Record<string, ParentField> {
  if (include === undefined) return {};
  const from = (text: string): ParentField => {
    const parent =
      above.size > 1 || !above.has(parents[0] as string)
        ? [...above].find((one) => text.startsWith(`${one}.`))
        : undefined;
    return parent === undefined
      ? { parent: parents[0] as string, field: text }
      : { parent, field: text.slice(parent.length + 1) };
  };
  if (!Array.isArray(include))
    return Object.fromEntries(
      Object.entries(include).map(([stamped, text]) => [stamped, from(text)]),
    );
  return Object.fromEntries(
    (include as readonly string[])
      .map(from)
      .map(({ parent, field }) => [`_${parent}_${field}`, { parent, field }]),
  );
}

function parentsFirst(
  resources: readonly MergedResource[],
  links: ReadonlyMap<string, readonly string[]>,
): MergedResource[] {
  const sorted: MergedResource[] = [];
  for (let rest = [...resources]; rest.length > 0;) {
    const ready = rest.filter(({ resource: { name } }) =>
      links.get(name)?.every((parent) => sorted.some(({ resource }) => resource.name === parent)),
    );
    sorted.push(...ready);
    rest = rest.filter((one) => !ready.includes(one));
  }
  return sorted;
}
