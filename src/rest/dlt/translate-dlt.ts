import { givenMembers } from '../../../operators/settings/given-members.js';
import { below, configError, type Problem } from '../../../operators/settings/problem.js';
import { withoutNulls } from '../../../operators/settings/without-nulls.js';
import { resourceProblems } from '../config/resource-problems.js';
import type { RestConfig, RestResource } from '../config/rest-config.js';
import { configProblems } from '../config/validate-config.js';
import { linksOf } from '../resources/resource-tree.js';
import { problemsIn } from '../shape/problems-in.js';
import type { DltObject } from './dlt-object.js';
import { dltShape } from './dlt-shape.js';
import { inSnakeCase } from './in-snake-case.js';
import { type Notes, notes } from './notes.js';
import { translateAuth } from './translate-auth.js';
import { translatePaginator } from './translate-paginator.js';
import { translateResource, type TranslatedResource } from './translate-resource.js';

/** A resource with its number in the config. */
interface Placed extends TranslatedResource {
  index: number;
}

/** A config of dlt's as ours, and what is other than in dlt. */
export interface TranslatedConfig {
  config: RestConfig;
  /** Each with dlt's path in front. */
  notices: string[];
  /** Those of the notices that do not hold with `compat: 'dlt'`. */
  departures: ReadonlySet<string>;
}

/**
 * dlt's `RESTAPIConfig` as a config of ours that gives the same rows. Pure; the config stays as it
 * was.
 *
 * Errors: one ConfigError with everything that is wrong, with dlt's paths: what dlt itself refuses,
 * and what does not exist here yet although rows or tables would be others without it.
 */
export function translateDlt(config: object, name = 'rest_api'): TranslatedConfig {
  const found = notes();
  found.problems.push(...problemsIn(withoutNulls(config, dltShape), dltShape));
  if (found.problems.some(({ path }) => path === ''))
    throw configError(`Source \`${name}\``, found.problems);
  const {
    client = {},
    resource_defaults: defaults = {},
    resources = [],
  } = givenMembers(config) as {
    client?: DltObject;
    resource_defaults?: DltObject;
    resources?: (string | DltObject)[];
  };
  const isSound = (path: string): boolean =>
    !found.problems.some((one) => one.path === path || one.path.startsWith(`${path}.`));
  const listed = Array.isArray(resources) ? resources : [];
  const baseUrl = typeof client['base_url'] === 'string' ? client['base_url'] : '';
  const shaped = listed.map(
    (_, i) => isSound('resource_defaults') && isSound(below('resources', i)),
  );
  const translated = listed.flatMap((one, i) =>
    shaped[i] === true
      ? [{ index: i, ...translateResource(one, defaults, baseUrl, below('resources', i), found) }]
      : [],
  );
  const ours = isSound('client') ? translateClient(client, translated, found) : null;
  const all = listed.map(
    (one, i): string | RestResource =>
      translated.find(({ index }) => index === i)?.resource ?? nameOf(one),
  );
  const isPlaced = (i: number): boolean =>
    shaped[i] === true &&
    isSound(`resources[${i}].endpoint.path`) &&
    isSound(`resources[${i}].endpoint.params`);
  found.problems.push(
    ...ourProblems(
      { name, client: ours ?? { baseUrl }, resources: all },
      found.problems.length === 0,
      isPlaced,
    ),
    ...unfilledProblems(translated),
  );
  if (found.problems.length > 0 || ours === null)
    throw configError(`Source \`${name}\``, unique(found.problems));
  const kept = translated.filter(({ unfilled, index }) => {
    if (unfilled !== null)
      found.notice(
        `${below('resources', index)}.endpoint.path`,
        `left out, because ${why(unfilled)}`,
      );
    return unfilled === null;
  });
  return {
    config: { name, client: ours, resources: kept.map(({ resource }) => resource) },
    notices: [...new Set(found.notices)],
    departures: found.departures,
  };
}

function translateClient(
  client: DltObject,
  translated: readonly Placed[],
  found: Notes,
): RestConfig['client'] {
  const {
    base_url: base,
    headers = {},
    auth,
    paginator,
  } = givenMembers(client) as {
    base_url: string;
    headers?: DltObject;
    auth?: DltObject;
    paginator?: DltObject;
  };
  const paths = translated.map(({ resource }) => (resource.endpoint as { path: string }).path);
  // Without a base, paths are whole addresses, and the first of them says which host is meant.
  const baseUrl =
    base === ''
      ? (paths.filter((path) => URL.canParse(path)).map((path) => new URL(path).origin)[0] ?? '')
      : base;
  const own = auth === undefined ? undefined : translateAuth(auth, 'client.auth', found);
  const paging =
    paginator === undefined ? undefined : translatePaginator(paginator, 'client.paginator', found);
  return {
    baseUrl,
    headers: Object.fromEntries(
      Object.entries(givenMembers(headers)).map(([header, value]) => [header, String(value)]),
    ),
    ...(own !== undefined && { auth: own }),
    ...(paging !== undefined && { paginator: paging }),
    ...otherHosts(baseUrl, translated, found),
  };
}

/**
 * dlt sends credentials wherever a path leads; here, to another host only where its endpoint has
 * some of its own.
 */
function otherHosts(
  baseUrl: string,
  translated: readonly Placed[],
  found: Notes,
): { authHosts?: string[] } {
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).host : '';
  const named = new Set<string>();
  for (const { resource, index } of translated) {
    const { path, auth } = resource.endpoint as { path: string; auth?: unknown };
    const other = /^https?:\/\//.test(path) && URL.canParse(path) ? new URL(path).host : host;
    if (other === host || auth === null) continue;
    if (auth !== undefined) named.add(other);
    else
      found.notice(
        `${below('resources', index)}.endpoint.path`,
        `credentials are not sent to ${other}, which is not the host of base_url; dlt sends them.`,
      );
  }
  return named.size === 0 ? {} : { authHosts: [...named] };
}

/**
 * What is wrong with the translation (names, parents, circles), in dlt's words; where some of it is
 * wrong already, only with the rest.
 */
function ourProblems(
  config: RestConfig,
  whole: boolean,
  isSound: (index: number) => boolean,
): Problem[] {
  return (whole ? configProblems(config) : resourceProblems(config, isSound)).map(
    ({ path, message }) => ({ path: inSnakeCase(path), message: inSnakeCase(message) }),
  );
}

/**
 * A path with a name that nothing fills cannot be requested; it is left out, unless others need it
 * or nothing is left.
 */
function unfilledProblems(translated: readonly Placed[]): Problem[] {
  const parents = new Set(
    translated.flatMap(({ resource }) =>
      linksOf(resource.endpoint as Exclude<RestResource['endpoint'], string | undefined>),
    ),
  );
  const all = translated.every(({ unfilled }) => unfilled !== null);
  return translated.flatMap(({ resource, unfilled, index: i }) =>
    unfilled !== null && (all || parents.has(resource.name))
      ? [{ path: `${below('resources', i)}.endpoint.path`, message: why(unfilled) }]
      : [],
  );
}

function nameOf(resource: unknown): string {
  const { name = resource } = Object(resource) as { name?: unknown };
  return typeof name === 'string' ? name : '';
}

function why(name: string): string {
  return `nothing fills {${name}}: give it in params, or write {resources.<resource>.<field>} to take it from the rows of another resource.`;
}

function unique(problems: readonly Problem[]): Problem[] {
  return problems.filter(
    ({ path, message }, i) =>
      problems.findIndex((one) => one.path === path && one.message === message) === i,
  );
}
