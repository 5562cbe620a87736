import type { RestEndpoint } from '../config/rest-config.js';
import { isSecretName } from '../secrets/secret-names.js';
import { type Placeholder, placeholdersIn } from './placeholders.js';

/** The parts of an endpoint that may hold placeholders. */
export const FILLED = ['path', 'params', 'json', 'data', 'headers', 'saveAs'] as const;

/** A field of a parent's rows that requests need. */
export interface NeededField {
  parent: string;
  field: string;
  /** Its name says so, or that of the parameter, header or member that it goes into. */
  isSecret: boolean;
}

/** Fields of parents' rows that an endpoint's requests need. */
export function neededFields(endpoint: RestEndpoint): NeededField[] {
  const named = FILLED.flatMap((part) =>
    Object.entries(typeof endpoint[part] === 'object' ? endpoint[part] : {}),
  );
  const hidden = placeholdersIn(
    ...named.flatMap(([name, value]) => (isSecretName(name) ? [value] : [])),
  );
  return placeholdersIn(...FILLED.map((part) => endpoint[part])).flatMap(
    ({ parent, field }: Placeholder): NeededField[] => {
      if (parent === null) return [];
      const isSecret =
        isSecretName(field.split('.').at(-1) ?? '') ||
        hidden.some((one) => one.parent === parent && one.field === field);
      return [{ parent, field, isSecret }];
    },
  );
}

/**
 * The resources that an endpoint depends on, each once: those whose fields it needs, and the one
 * whose responses it reads.
 */
export function linksOf(endpoint: RestEndpoint): string[] {
  return [
    ...new Set([
      ...neededFields(endpoint).map(({ parent }) => parent),
      ...(endpoint.responseOf === undefined ? [] : [endpoint.responseOf]),
    ]),
  ];
}

/** Which resource is above which. */
export interface ResourceTree {
  /** All resources that have a row above each row of one, in a circle also itself. */
  above(name: string): ReadonlySet<string>;
  /**
   * Those that a resource depends on, without those above others of them: their rows know these.
   */
  parents(name: string): string[];
}

/**
 * Makes the tree of resources. `links`: what each resource depends on. `responsesOf`: whose
 * responses it reads; that one is beside it, with no row above its own.
 */
export function resourceTree(
  links: ReadonlyMap<string, readonly string[]>,
  responsesOf: ReadonlyMap<string, string | undefined>,
): ResourceTree {
  const climb = (name: string, seen: Set<string>, found: Set<string>): Set<string> => {
    for (const parent of links.get(name) ?? []) {
      if (parent !== responsesOf.get(name)) found.add(parent);
      if (seen.has(parent)) continue;
      seen.add(parent);
      climb(parent, seen, found);
    }
    return found;
  };
  const above = (name: string): Set<string> => climb(name, new Set(), new Set());
  return {
    above,
    parents(name) {
      const own = links.get(name) ?? [];
      return own.filter(
        (parent) => !own.some((other) => other !== parent && above(other).has(parent)),
      );
    },
  };
}
