import { filter, identity, map, type MonoTypeOperatorFunction, type Observable, tap } from 'rxjs';
import type { FlattenEvent } from '../../operators/columns/flatten-event.js';
import { flattenPages, type FlattenWithin } from '../../operators/columns/flatten-pages.js';
import { takeRows } from '../../operators/columns/take-rows.js';
import { takeByCursor } from '../../operators/cursor/take-by-cursor.js';
import { NO_ROWS } from '../../operators/json/no-rows.js';
import { processRows } from '../../operators/process-rows.js';
import { conventionOf } from '../../operators/schema/convention.js';
import { select } from '../../operators/select.js';
import { didYouMean } from '../../operators/settings/nearest.js';
import { shortened } from '../../operators/settings/shortened.js';
import type { Compat, Flat, Page, Rows } from '../../operators/types.js';
import { isRead, withCursor } from './kept-cursor.js';
import { isSelected } from './root-tables.js';
import type { ResourceCursor } from './run-cursors.js';
import type { Resource, SourceEvent, SourcePage } from './source.js';
import { validateRows } from './validate-rows.js';

const HINTS = [
  'writeDisposition',
  'primaryKey',
  'mergeKey',
  'columns',
  'nestedHints',
  'maxTableNesting',
  'schemaContract',
  'rootKey',
  'limits',
  'naming',
] as const;

function hintsOf(resource: Resource): Pick<Resource, (typeof HINTS)[number]> {
  return Object.fromEntries(
    HINTS.filter((key) => resource[key] !== undefined).map((key) => [key, resource[key]]),
  );
}

/** How the pages of one resource are turned into columns. */
export interface FlatRowsConfig {
  within?: FlattenWithin;
  cursor?: ResourceCursor | undefined;
  /** The positions of all pages are kept. @default those that keep a state */
  isResumable?: boolean;
  /** Pages came before that are not seen: what none of these has may have been there. */
  isResumed?: boolean;
}

/**
 * Turns the pages of one resource into columns. Hints about no key of any row
 * are reported.
 */
export function flatRows(
  resource: Resource,
  pages: Observable<Page>,
  observe: (event: SourceEvent) => void,
  compat: Compat,
  { within = {}, cursor, isResumable = false, isResumed = false }: FlatRowsConfig = {},
): Observable<Flat> {
  const { separator } = conventionOf(resource.naming);
  const { name, tableName, processingSteps, rowValidator, optionalColumns = [] } = resource;
  // Whether the list goes on may depend on the rows of a page.
  const atOnce = { ...within, isAtOnce: true };
  if (!isSelected(resource) && cursor === undefined)
    return statesOnly(resource, pages, isResumable ? atOnce : null);
  const report = (event: FlattenEvent): void => observe(sourceEvent(event));
  const noteUnmatched = (
    option: 'columns' | 'nestedHints',
    names: readonly string[],
    keys: readonly string[],
  ): void => {
    if (isResumed) return;
    for (const hint of names.filter((one) => !optionalColumns.includes(one)))
      observe({
        kind: 'notice',
        resource: name,
        message: unmatchedHint(option, hint, keys, separator),
      });
  };
  const flat = pages.pipe(
    select(),
    processingSteps === undefined ? identity : processRows(processingSteps, report),
    rowValidator === undefined ? identity : validateRows(rowValidator),
    flattenPages(
      {
        ...hintsOf(resource),
        resource: name,
        table: tableName ?? name,
        compat,
        ...(cursor && { cursorPath: cursor.config.cursorPath }),
        observe: report,
        onUnmatchedHints: (names, keys) => noteUnmatched('columns', names, keys),
        onUnmatchedLists: (names, keys) => noteUnmatched('nestedHints', names, keys),
      },
      cursor === undefined ? within : isResumable ? atOnce : { memory: within.memory },
    ),
  );
  if (cursor === undefined) return flat;
  const read = flat.pipe(newRows(resource, cursor, observe, isResumed));
  return isSelected(resource) ? read : read.pipe(map((page) => takeRows(page, [])));
}

/** Keeps the rows that are new, and puts the cursor of a list that was read into its state. */
function newRows(
  { name }: Resource,
  { config, progressOf, end }: ResourceCursor,
  observe: (event: SourceEvent) => void,
  isResumed: boolean,
): MonoTypeOperatorFunction<Flat> {
  let isFound = false;
  let hasRows = false;
  return (pages) =>
    pages.pipe(
      map((page) => {
        isFound ||= page.cursor?.values.some((value) => value !== null) === true;
        hasRows ||= page.cursor?.values.length !== 0;
        const progress = progressOf(page.page.parent);
        const taken = takeByCursor(page, config, progress);
        const { state } = taken.page;
        const read = isRead(state)
          ? { ...taken, page: { ...taken.page, state: withCursor(state, progress.kept()) } }
          : taken;
        // Before the next page, whose batch may be committed with this one.
        for (const event of (page.page as SourcePage).events ?? [])
          if (event.kind === 'done') end(event);
        return read;
      }),
      tap({
        complete() {
          if (hasRows && !isFound && !isResumed)
            observe({
              kind: 'notice',
              resource: name,
              message: `no row has a value at incremental.cursorPath \`${config.cursorPath}\`, so every run loads the same rows.`,
            });
        },
      }),
    );
}

function sourceEvent(event: FlattenEvent): SourceEvent {
  const { resource, parent, index } = event.page;
  if (event.kind === 'null-rows')
    return {
      kind: 'skip',
      resource,
      parent,
      index,
      status: null,
      reason: 'null-row',
      rows: event.rows,
    };
  const { field, beside } = event;
  const rest =
    beside === null
      ? "which the parent's field of that name overwrites, as in dlt. Give it another name (`includeFromParent: { other_name: … }`) to keep both."
      : `which is kept; the parent's field or the map's key of that name is kept as \`${beside}\` where it differs. Give it another name (\`includeFromParent: { other_name: … }\`, or \`key\` for a map).`;
  return {
    kind: 'notice',
    resource,
    message: `rows have a \`${field}\` of their own, ${rest}`,
  };
}

/** Says that a hint matched no key: it is misspelt, or no row of this run has its key. */
function unmatchedHint(
  option: 'columns' | 'nestedHints',
  hint: string,
  keys: readonly string[],
  separator: string,
): string {
  const shown = keys.slice(0, 20).map((key) => `\`${shortened(key, 100)}\``);
  const more = keys.length > 20 ? `, and ${keys.length - 20} more` : '';
  return `\`${option}\` has a hint for \`${hint}\`, and no row has such a key.${didYouMean(hint.replaceAll('.', separator), keys)} Keys: ${shown.join(', ')}${more}.`;
}

/**
 * Passes on the states of the lists of a resource that is requested only for its children: it fills
 * no table, but its states are stored with the load, and its positions where that can be resumed
 * (`within` then).
 */
function statesOnly(
  { name }: Resource,
  pages: Observable<Page>,
  within: FlattenWithin | null,
): Observable<Flat> {
  return pages.pipe(
    filter(({ state }) => within !== null || state !== null),
    map((page): Rows => ({
      page,
      body: page.body,
      span: NO_ROWS,
    })),
    flattenPages({ resource: name, table: name }, within ?? {}),
  );
}
