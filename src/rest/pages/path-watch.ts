import { isObject } from '../../../operators/json/is-object.js';
import { parseJson } from '../../../operators/json/parse-json.js';
import { pathOf } from '../../../operators/json/paths.js';
import { nearest } from '../../../operators/settings/nearest.js';
import { shortened } from '../../../operators/settings/shortened.js';
import type { Json } from '../../../operators/types.js';
import { HAS_MORE, plainName } from '../paginators/detect/members.js';
import { linkOf } from '../paginators/header-link.js';
import type { PageFacts, Paginator } from '../paginators/paginator.js';
import { bodyValues } from '../paginators/value-path.js';

/**
 * Watches the paths of a config through all responses of a resource. A path that matched nothing is
 * misspelt, and what depends on it never happens: it is reported once, with what was there.
 */
export interface PathWatch {
  /**
   * Notes whether something was at a path. `names`: the paths that were there; called where a path
   * has not matched yet.
   */
  note(option: string, path: string, isFound: boolean, names: () => readonly string[]): void;
  /** The options with their paths that matched something. */
  matched(): readonly string[];
  /** Notes what another watch of the resource found to match. */
  restore(matched: readonly string[]): void;
  /** Reports the paths that matched nothing. Called when the resource is at its end. */
  report(): void;
}

export function pathWatch(report: (message: string) => void): PathWatch {
  const found = new Set<string>();
  /** The same as a list, for the positions of all pages. */
  let matched: readonly string[] | null = null;
  const missing = new Map<string, { option: string; path: string; names: readonly string[] }>();
  return {
    note(option, path, isFound, names) {
      const key = `${option} ${path}`;
      if (found.has(key)) return;
      if (!isFound) {
        if (!missing.has(key)) missing.set(key, { option, path, names: names() });
        return;
      }
      found.add(key);
      matched = null;
      missing.delete(key);
    },
    matched: () => (matched ??= [...found]),
    restore(keys) {
      for (const key of keys) found.add(key);
      matched = null;
    },
    report() {
      for (const { option, path, names } of missing.values())
        report(`\`${option}\` is \`${path}\`, and ${missingAt(path, names)}`);
      missing.clear();
    },
  };
}

/** ` Did you mean …?` for a path, or nothing: the nearest spelling, at this or another level. */
export function didYouMeanPath(path: string, names: readonly string[]): string {
  const others = names.filter((name) => name !== path);
  const last = lastKey(path);
  const byLast = nearest(last, others.map(lastKey));
  const near =
    others.find((name) => name.endsWith(`.${path}`)) ??
    nearest(path, others) ??
    others.find((name) => lastKey(name) === byLast);
  return near === undefined ? '' : ` Did you mean \`${near}\`?`;
}

/** What a notice says of a path that matched nothing, with the paths that are there. */
export function missingAt(path: string, names: readonly string[]): string {
  return names.includes(path)
    ? 'there was only null.'
    : `nothing was there in any response.${thereAre(path, names)}`;
}

/** ` Did you mean …? There are: …` for a path that matched nothing; empty text without names. */
export function thereAre(path: string, names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => `\`${shortened(name, 100)}\``);
  const more = names.length > 20 ? `, and ${names.length - 20} more` : '';
  const there = names.length === 0 ? '' : ` There are: ${shown.join(', ')}${more}.`;
  return `${didYouMeanPath(path, names)}${there}`;
}

/** The paths of a document's members (`memberPaths`); none where the document is broken. */
export function namesIn(body: Uint8Array): string[] {
  try {
    return memberPaths(parseJson(body));
  } catch {
    return [];
  }
}

/** The paths of a document's members, outside lists, at most four keys deep. */
export function memberPaths(value: Json, keys: readonly string[] = []): string[] {
  if (!isObject(value) || keys.length >= 4) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    // Keys with dots are found as they are written.
    /[[\]'"*]/.test(key) ? pathOf([...keys, key]) : [...keys, key].join('.'),
    ...memberPaths(inner, [...keys, key]),
  ]);
}

/**
 * Notes the paths of a paginator that was declared. A page without rows may lack them.
 *
 * @param size rows of a full page; null where it is not known
 */
export function watchPaginator(
  watch: PathWatch,
  paginator: Paginator,
  page: PageFacts,
  size: number | null,
): void {
  const { config } = paginator;
  if (config === null || page.rows === 0) return;
  watchHeader(watch, config, page);
  const watched = watchedPaths.get(paginator) ?? watchedOf(paginator, config);
  watchedPaths.set(paginator, watched);
  const { wanted, body, places } = watched;
  if (places.includes(-1)) return;
  const values = body.read({ ...page, values: places.map((place) => page.values[place]) });
  // Where the API says that there is no more, it need not say how to request it.
  const isEnd = (): boolean => values['hasMorePath'] === false || isWholeWithoutNext(page, size);
  for (const [option, path] of Object.entries(wanted)) {
    const isNext = option === 'cursorPath' || option === 'nextUrlPath';
    if (isNext && values[option] === undefined && isEnd()) continue;
    // dlt's default, which lists without a total have too.
    if (option === 'totalPath' && path === 'total') continue;
    watch.note(`paginator.${option}`, path, values[option] !== undefined, () =>
      memberPaths(page.body()),
    );
  }
}

/** The paths in responses that a paginator reads, and where their values are among a page's. */
interface WatchedPaths {
  wanted: Record<string, string>;
  body: ReturnType<typeof bodyValues>;
  places: number[];
}

const watchedPaths = new WeakMap<Paginator, WatchedPaths>();

function watchedOf({ paths }: Paginator, config: NonNullable<Paginator['config']>): WatchedPaths {
  const wanted = pathsOf(config);
  const body = bodyValues(wanted);
  return { wanted, body, places: body.paths.map((path) => paths.indexOf(path)) };
}

/**
 * Notes the header or relation that a paginator's config names. A whole list need not have it; the
 * standard ones are left out where there is one page.
 */
function watchHeader(
  watch: PathWatch,
  config: NonNullable<Paginator['config']>,
  page: PageFacts,
): void {
  const { flag, total } = page.signs;
  if (flag?.isMore === false || total?.rows === page.rowsRead) return;
  if (config.type === 'headerCursor' && config.cursorKey !== undefined)
    watch.note(
      'paginator.cursorKey',
      config.cursorKey,
      page.header(config.cursorKey) !== null,
      () => page.headerNames?.() ?? [],
    );
  if (config.type === 'headerLink' && !/^next$/i.test(config.rel ?? 'next')) {
    const links = page.header('link') ?? '';
    watch.note(
      'paginator.rel',
      config.rel ?? '',
      linkOf(links, config.rel ?? '', page.url) !== null,
      () => [...links.matchAll(/;\s*rel\s*=\s*"?([^";,]+)/gi)].map(([, rel = '']) => rel),
    );
  }
}

/**
 * A page that is shorter than a full one, ends what the total declares or says that there is no
 * more, and has no member that could name a next page: APIs leave that member out of a last page.
 */
function isWholeWithoutNext(
  { signs: { total, flag }, rows, rowsRead, body }: PageFacts,
  size: number | null,
): boolean {
  const isWhole =
    (total !== null && !total.isEstimate && total.rows === rowsRead) ||
    (size !== null && rows < size) ||
    flag?.isMore === false;
  return isWhole && !memberPaths(body()).some((path) => mayNameNext(path));
}

/** A flag in its place names none. */
function mayNameNext(path: string): boolean {
  return /next|cursor|token|more/i.test(path) && !HAS_MORE.test(plainName(lastKey(path)));
}

/** Paths in responses that a paginator reads; those that it writes in requests are none. */
function pathsOf(config: NonNullable<Paginator['config']>): Record<string, string> {
  const standard =
    config.type === 'cursor'
      ? { cursorPath: 'cursors.next' }
      : config.type === 'jsonLink'
        ? { nextUrlPath: 'next' }
        : {};
  return Object.fromEntries(
    Object.entries({ ...standard, ...config }).filter(
      (entry): entry is [string, string] =>
        /(?<!Body)Path$/.test(entry[0]) && typeof entry[1] === 'string',
    ),
  );
}

function lastKey(path: string): string {
  return path.split('.').at(-1) ?? path;
}
