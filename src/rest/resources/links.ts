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
export function parentFields(endpoint: RestEndpoint): NeededField[] {
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
 * The resources that an endpoint depends on, each once: those whose fields it takes, and the one
 * whose answers it shares.
 */
export function linksOf(endpoint: RestEndpoint): string[] {
  return [
    ...new Set([
      ...parentFields(endpoint).map(({ parent }) => parent),
      ...(endpoint.responseOf === undefined ? [] : [endpoint.responseOf]),
    ]),
  ];
}

/** Who descends from whom. */
export interface FamilyTree {
  /** All resources that have a row above each row of one, in a circle also itself. */
  above(name: string): ReadonlySet<string>;
  /**
   * Those that a resource depends on, without those above others of them: their rows know these.
   */
  parents(name: string): string[];
}

/**
 * The tree of resources, given what each depends on, and whose answers it shares: that one is
 * beside it, with no row above its own.
 */
export function familyTree(
  links: ReadonlyMap<string, readonly string[]>,
  answersOf: ReadonlyMap<string, string | undefined>,
): FamilyTree {
  const climb = (name: string, seen: Set<string>, found: Set<string>): Set<string> => {
    for (const parent of links.get(name) ?? []) {
      if (parent !== answersOf.get(name)) found.add(parent);
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
