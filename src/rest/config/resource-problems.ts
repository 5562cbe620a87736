import { didYouMean } from '../../../operators/settings/nearest.js';
import { below, type Problem, problemsOf } from '../../../operators/settings/problem.js';
import { type MergedResource, mergeResource } from '../resources/merge-resource.js';
import { FILLED, type ResourceTree, resourceTree, linksOf } from '../resources/resource-tree.js';
import { idleOptions } from './idle-options.js';
import { manyValues, placeholderProblems } from './placeholder-problems.js';
import { requestProblems } from './request-problems.js';
import type { RestConfig } from './rest-config.js';

/** A resource, where it stands, and what it depends on. */
interface Placed extends MergedResource {
  at: string;
  /** Where a part of its endpoint stands: in the resource, or in the defaults. */
  place: (part: string) => string;
  links: readonly string[];
  hasEndpoint: boolean;
  /** As it was written, without the defaults. */
  given: RestConfig['resources'][number];
}

/**
 * What is wrong with how resources go together: names, parents, parts that exclude each other. Only
 * resources whose own shape is right (`isSound`, by index) are looked at; the names of all are
 * known.
 */
export function resourceProblems(
  config: RestConfig,
  isSound: (index: number) => boolean,
): Problem[] {
  const { resources } = config;
  if (resources.length === 0)
    return [
      { path: 'resources', message: 'the list is empty; a source needs at least one resource.' },
    ];
  const names = resources.map((one): unknown =>
    typeof one === 'object' && one !== null ? one.name : one,
  );
  const known = names.filter((name) => typeof name === 'string');
  const twice = names.flatMap((name, i): Problem[] => {
    const first = names.indexOf(name);
    if (first === i || typeof name !== 'string') return [];
    const at = below('resources', i);
    return [
      {
        path: typeof resources[i] === 'string' ? at : `${at}.name`,
        message: `\`${name}\` is the name of ${below('resources', first)} too; each resource needs its own.`,
      },
    ];
  });
  const placed = resources.flatMap((_, i) => (isSound(i) ? [placedAt(i, config)] : []));
  const tree = resourceTree(
    new Map(placed.map(({ resource, links }) => [resource.name, links])),
    new Map(placed.map(({ resource, endpoint }) => [resource.name, endpoint.responseOf])),
  );
  return [
    ...twice,
    ...placed.flatMap((one) => [
      ...placeholdersOf(one),
      ...clashes(one),
      ...idleOptions(one),
      ...ambiguous(one, tree),
      ...manyParents(one, tree),
      ...strangers(one, known, placed),
    ]),
    ...circle(placed),
  ];
}

function placedAt(index: number, config: RestConfig): Placed {
  const given = config.resources[index] as RestConfig['resources'][number];
  const merged = mergeResource(given, config);
  const at = below('resources', index);
  const own = typeof given === 'string' ? undefined : given.endpoint;
  const place = (part: string): string => {
    if (typeof given === 'string') return at;
    if (typeof own === 'string')
      return part === 'path' ? `${at}.endpoint` : `resourceDefaults.endpoint.${part}`;
    const inherited =
      own?.[part as 'path'] === undefined &&
      config.resourceDefaults?.endpoint?.[part as 'path'] !== undefined;
    return inherited ? `resourceDefaults.endpoint.${part}` : `${at}.endpoint.${part}`;
  };
  let links: string[] = [];
  // A placeholder that is malformed is reported by its own rule.
  problemsOf(() => (links = merged.data === null ? linksOf(merged.endpoint) : []), at);
  return { ...merged, given, at, place, links, hasEndpoint: own !== undefined };
}

function placeholdersOf({ endpoint, data, place }: Placed): Problem[] {
  return data === null
    ? FILLED.flatMap((part) => placeholderProblems(endpoint[part], endpoint, place(part)))
    : [];
}

/** Parts that exclude or need each other. */
function clashes({
  resource: { name },
  endpoint,
  data,
  include,
  links,
  at,
  place,
  hasEndpoint,
}: Placed): Problem[] {
  const { groupSize = 1, format, saveAs } = endpoint;
  const unfilled = UNFILLED.exec(endpoint.path)?.[1];
  const rules: [wrong: boolean, path: string, message: string][] = [
    [
      data !== null && hasEndpoint,
      `${at}.data`,
      `resource ${name} has both \`data\` and an \`endpoint\`; rows are given or requested.`,
    ],
    [
      format === 'file' && saveAs === undefined,
      place('format'),
      `resource ${name} saves its responses as files (\`format: 'file'\`) and has no path for them. Set \`saveAs\`.`,
    ],
    [
      format !== 'file' && saveAs !== undefined,
      place('saveAs'),
      'responses are saved only where `format` is `file`.',
    ],
    [
      unfilled !== undefined,
      place('path'),
      `nothing fills ${unfilled}. Write {resources.<resource>.<field>} for a field of another resource's rows, or the value itself.`,
    ],
    [
      groupSize > 1 && links.length === 0,
      place('groupSize'),
      'only a resource that takes fields of a parent can request in groups.',
    ],
    [
      groupSize > 1 && endpoint.incremental !== undefined,
      place('incremental'),
      'incremental state is stored per parent, but `groupSize` mixes parents. Remove one of them.',
    ],
    [
      groupSize > 1 && include !== undefined,
      `${at}.includeFromParent`,
      `resource ${name} requests its parents in groups (\`groupSize\`), so its rows do not tell which parent they belong to. Remove one of the two.`,
    ],
    ...Object.values(include ?? {}).map((field): [boolean, string, string] => [
      field.includes('*'),
      `${at}.includeFromParent`,
      manyValues(field),
    ]),
    [
      include !== undefined && links.length === 0,
      `${at}.includeFromParent`,
      'there is no {resources.<parent>.<field>} in the endpoint that names a parent.',
    ],
  ];
  return [
    ...requestProblems(endpoint, `resource ${name}`, place),
    ...rules.flatMap(([wrong, path, message]): Problem[] => (wrong ? [{ path, message }] : [])),
  ];
}

/** With several parents, a field must say whose it is. */
function ambiguous({ resource: { name }, include, at }: Placed, tree: ResourceTree): Problem[] {
  const parents = tree.parents(name);
  if (include === undefined || parents.length < 2) return [];
  const fields = Object.values(include as Readonly<Record<string, string>>);
  const unclear = fields.filter(
    (field) => ![...tree.above(name)].some((one) => field.startsWith(`${one}.`)),
  );
  return unclear.map((field) => ({
    path: `${at}.includeFromParent`,
    message: `there are several parents (${parents.join(', ')}): write \`<parent>.${field}\`.`,
  }));
}

/** A group is of rows of one parent. */
function manyParents(
  { resource: { name }, endpoint: { groupSize = 1 }, place }: Placed,
  tree: ResourceTree,
): Problem[] {
  const parents = tree.parents(name);
  if (groupSize === 1 || parents.length < 2) return [];
  return [
    {
      path: place('groupSize'),
      message: `there are several parents (${parents.join(', ')}); only rows of a single parent can be sent in groups.`,
    },
  ];
}

function strangers(
  { resource: { name }, endpoint, links, place, at }: Placed,
  known: readonly string[],
  placed: readonly Placed[],
): Problem[] {
  const selectorOf = (other: string): string | readonly string[] | undefined =>
    placed.find(({ resource }) => resource.name === other)?.endpoint.dataSelector;
  return links.flatMap((link): Problem[] => {
    const path =
      endpoint.responseOf === link
        ? place('responseOf')
        : place(
            FILLED.find((part) => linksOf({ [part]: endpoint[part] }).includes(link)) ?? 'path',
          );
    const shared = endpoint.responseOf === link ? selectorOf(link) : undefined;
    if ([shared ?? []].flat().some((selector) => selector.includes('*')))
      return [
        {
          path,
          message: `the dataSelector of \`${link}\` has a wildcard, so its responses cannot be shared.`,
        },
      ];
    if (link === name)
      return [
        {
          path: at,
          message: `resource ${name} takes fields of its own rows; it cannot be its own parent.`,
        },
      ];
    if (known.includes(link)) return [];
    return [
      {
        path,
        message: `there is no resource \`${link}\`.${didYouMean(link, known)} Resources: ${known.join(', ')}.`,
      },
    ];
  });
}

/**
 * Resources that depend on each other in a circle, without those that merely depend on one of them.
 */
function circle(placed: readonly Placed[]): Problem[] {
  const isIn =
    (one: Placed): ((other: Placed) => boolean) =>
    ({ links }) =>
      links.includes(one.resource.name);
  let rest = placed.filter(({ resource, links }) => !links.includes(resource.name));
  for (let size = -1; size !== rest.length;) {
    size = rest.length;
    const within: readonly Placed[] = rest;
    rest = within.filter(
      (one) =>
        one.links.some((link) => within.some(({ resource }) => resource.name === link)) &&
        within.some(isIn(one)),
    );
  }
  return rest.length === 0
    ? []
    : [
        {
          path: 'resources',
          message: `${rest.map(({ resource }) => resource.name).join(', ')} take fields of each other in a circle.`,
        },
      ];
}

/** A name in braces of which none of our placeholders begins; doubled braces are text. */
const UNFILLED = /(?:^|[^{])(\{(?!\+?(?:resources|incremental|window)\.)\+?\w[\w.]*\})/;
