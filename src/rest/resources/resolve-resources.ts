import { segments } from '../../../operators/json/paths.js';
import type { Resource } from '../../run/source.js';
import type { AuthLike } from '../auth/auth-of.js';
import type { Auth } from '../auth/auth.js';
import type { RestConfig, RestEndpoint, RestResource } from '../config/rest-config.js';
import { paginatorOf } from '../paginators/paginator-of.js';
import type { Paginator } from '../paginators/paginator.js';
import { type MergedResource, mergeResource } from './merge-resource.js';
import { linksOf, type NeededField, neededFields, resourceTree } from './resource-tree.js';

/** A field of a parent's row. */
export interface ParentField {
  parent: string;
  /** Dotted path in the row. */
  field: string;
}

/** A resource with the defaults merged into it, and its parents. */
export interface ResolvedResource {
  resource: Resource;
  endpoint: Omit<RestEndpoint, 'path' | 'paginator' | 'auth'> & {
    path: string;
    paginator: Paginator | 'auto';
    auth?: Auth | null;
  };
  /** Names of the parameters that are from `resourceDefaults` alone. */
  defaultParams: readonly string[];
  /** Rows in place of requests; null for a resource that is requested. */
  data: NonNullable<RestResource['data']> | null;
  /**
   * Resources whose rows its requests are made with. None for a root. Of parents that descend from
   * each other only the last is named here: its rows know those above. The rows of several parents
   * are joined, each with each that is below the same rows.
   */
  parents: readonly string[];
  /** Fields of rows of parents and those above them that its requests need. */
  fields: readonly NeededField[];
  /** Parent fields that are put on its rows, by the name that they have there. */
  parentFields: Readonly<Record<string, ParentField>>;
}

/**
 * Resolves the resources of a config that `validateConfig` accepts, parents before children.
 * `authOf` makes the authorization of endpoints that have their own.
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
  const tree = resourceTree(
    links,
    new Map(merged.map(({ resource, endpoint }) => [resource.name, endpoint.responseOf])),
  );
  return parentsFirst(merged, links).map(
    ({ resource, endpoint: { auth, ...endpoint }, defaultParams, data, include }) => {
      const parents = tree.parents(resource.name);
      const { incremental } = endpoint;
      return {
        resource: incremental === undefined ? resource : { ...resource, incremental },
        endpoint: {
          ...endpoint,
          paginator: paginatorOf(endpoint.paginator ?? 'auto'),
          ...(auth !== undefined && { auth: auth === null ? null : authOf(auth) }),
        },
        defaultParams,
        data,
        parents,
        fields: data === null ? neededFields(endpoint) : [],
        parentFields: includedFields(include, parents, tree.above(resource.name)),
      };
    },
  );
}

function includedFields(
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
    return Object.fromEntries(Object.entries(include).map(([name, text]) => [name, from(text)]));
  return Object.fromEntries(
    (include as readonly string[])
      .map(from)
      .map(({ parent, field }) => [`_${parent}_${nameOf(field)}`, { parent, field }]),
  );
}

/** A field as part of a name: without the quotes around a key. */
function nameOf(field: string): string {
  const [key, ...rest] = segments(field);
  return key === undefined || rest.length > 0 ? field : key;
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
