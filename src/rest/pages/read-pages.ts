import { FunctionError } from '../../../operators/errors.js';
import { locate } from '../../../operators/json/locate.js';
import { parseJson } from '../../../operators/json/parse-json.js';
import { printJson } from '../../../operators/json/print-json.js';
import type { Json, Page, Span } from '../../../operators/types.js';
import { PaginationError } from '../../errors.js';
import { listFinding } from '../../run/completeness.js';
import type { ListEnd } from '../../run/source.js';
import type { Client } from '../http/http-client.js';
import { detectPaginator } from '../paginators/detect/detect.js';
import type { Declared, PageFacts, RequestChange } from '../paginators/paginator.js';
import { cursorTracker } from './cursor-tracker.js';
import { type FetchedPage, pageFetcher } from './fetch-page.js';
import type { CursorValue } from './incremental.js';
import type { FoundPaging, ListState } from './list-state.js';
import type { List, ReadOptions } from './list.js';
import { PaginationGuard } from './pagination-guard.js';
import { rowPaths, watchPaginator } from './path-watch.js';

/**
 * The pages of one list. While a page is worked on downstream, the next one is already asked for.
 */
export async function* readPages(list: List, options: ReadOptions): AsyncGenerator<Page> {
  const { client, observe, watch } = options;
  const { resource, parent, stamp, incremental } = list;
  const where = `Resource ${resource}${parent === null ? '' : ` of parent ${parent.slice(0, 200)}`}`;
  const fetchPage = pageFetcher(list, where, options);
  const guard = new PaginationGuard(list.url, { where, maxPages: list.maxPages });
  const tracker = incremental === null ? null : cursorTracker(incremental, list.last, list.limits);
  const count = { pages: 0, rows: 0, maxPageRows: 0, lastPageRows: 0 };
  let paginator = list.paginator === 'auto' ? null : list.paginator;
  let paging = list.paging;
  let asked: RequestChange = paginator?.first ?? {};
  /** Rows asked for on a page by one who did not describe paging. */
  let size: number | null = null;
  let nextMissing = false;
  let declared: Declared | null = null;
  const ended = (end: ListEnd['end']): ListEnd => ({
    kind: 'done',
    resource,
    parent,
    end,
    pages: count.pages,
    rows: count.rows,
    declared,
    pageSize: paginator?.pageSize ?? size,
    maxPageRows: count.maxPageRows,
    lastPageRows: count.lastPageRows,
    autoDetected: list.paginator === 'auto',
    nextMissing,
  });
  const look = (facts: PageFacts): ReturnType<typeof detectPaginator> => {
    const found = detectPaginator(facts, { url: list.url, json: list.json });
    size = found.size;
    const { config } = found.paginator;
    if (found.lasting && config !== null)
      paging = { mark: list.mark, paginator: config as FoundPaging['paginator'] };
    // One page is what most answers are; whether it was all is said by the verdict.
    if (found.incomplete || config?.type !== 'single')
      observe({ kind: 'notice', resource, message: `paging: ${found.why}` });
    return found;
  };

  const shownFault = (fault: unknown): unknown => {
    if (fault instanceof PaginationError)
      return new PaginationError(client.redactUrl(client.redact(fault.message)));
    if (!(fault instanceof FunctionError)) return fault;
    const { functionName, page, cause } = fault;
    const message = `${where}, ${client.redact(fault.message)}`;
    return new FunctionError(message, { functionName, resource, page }, { cause });
  };

  try {
    let ahead = fetchPage(guard.begin(asked), asked, 0, paginator?.paths ?? []);
    for (;;) {
      const answer = await ahead;
      if ('skipped' in answer) {
        // No content is an empty page (RFC 9110 §15.3.5).
        if (answer.status === 204 && answer.skipped === 'status') {
          observe(ended('empty'));
          return;
        }
        observe({
          kind: 'skip',
          resource,
          parent,
          index: count.pages,
          status: answer.status,
          reason: answer.skipped,
        });
        if (count.pages > 0) observe(ended('passed-over'));
        return;
      }
      let facts = factsOf(answer, count.pages, asked);
      let lost = false;
      if (paginator === null) {
        const found = look(facts);
        paginator = found.paginator;
        lost = found.incomplete;
        facts = { ...facts, values: valuesAt(answer.document, paginator.paths, list.limits) };
      }
      const repeat = guard.repeats(answer.body, answer.span, facts, paginator);
      if (repeat === 'end') {
        observe({
          kind: 'notice',
          resource,
          message: `page ${count.pages + 1} has the rows of the one before: the API ignores paging here, so this is the end of the list`,
        });
        observe(ended('repeat'));
        return;
      }
      if (list.paginator !== 'auto' && list.paging === undefined)
        watchPaginator(watch, paginator, facts);
      declared = paginator.declared?.(facts) ?? declared;
      let step = guard.after(
        repeat === 'skip' ? { ...facts, index: facts.index - 1 } : facts,
        paginator,
      );
      if ('end' in step && step.nextMissing === true && count.pages === 0) {
        nextMissing = true;
        // What was found in an earlier run is not there any more: the API may have changed.
        if (list.paging !== undefined) {
          const found = look(facts);
          if (found.paginator.config?.type !== 'single') {
            nextMissing = false;
            paginator = found.paginator;
            facts = { ...facts, values: valuesAt(answer.document, paginator.paths, list.limits) };
            step = guard.after(facts, paginator);
          }
        }
      }
      if ('url' in step) {
        asked = step.change;
        ahead = fetchPage(
          step.url,
          asked,
          repeat === 'skip' ? count.pages : count.pages + 1,
          paginator.paths,
        );
        // Whoever stops reading here never looks at the request ahead.
        ahead.catch(() => undefined);
      }
      if (repeat === 'new') {
        const { span, body } = answer;
        if (tracker !== null && span.count > 0)
          watch.note(
            'incremental.cursorPath',
            incremental?.cursorPath ?? '',
            tracker.add(body, span),
            () => rowPaths(body, span),
          );
        observe({
          kind: 'page',
          resource,
          parent,
          index: count.pages,
          rows: span.count,
          bytes: answer.bytes,
        });
        const next = 'end' in step ? null : position(step.change, client);
        const index = count.pages;
        Object.assign(count, {
          pages: index + 1,
          rows: count.rows + span.count,
          maxPageRows: Math.max(count.maxPageRows, span.count),
          lastPageRows: span.count,
        });
        // The cursor moves on only with a list that was read to its end: what was missed has to be
        // asked for again.
        const isWhole = 'end' in step && !isCut(ended(lost ? 'lost' : step.end));
        yield {
          resource,
          parent,
          index,
          body,
          rows: span,
          next,
          stamp,
          state: stateOf(list, paging, isWhole ? (tracker?.last() ?? null) : list.last),
        };
      }
      if ('end' in step) {
        observe(ended(lost ? 'lost' : step.end));
        return;
      }
      if ('fault' in step) throw shownFault(step.fault);
    }
  } finally {
    tracker?.close();
  }
}

function factsOf(
  { answer, document, span, values }: Extract<FetchedPage, { span: Span }>,
  index: number,
  asked: RequestChange,
): PageFacts {
  let parsed: Json | undefined;
  return {
    index,
    rows: span.count,
    values,
    header: (name) => answer.headers.get(name),
    asked,
    url: answer.url,
    body: () => (parsed ??= parseJson(document)),
  };
}

function valuesAt(
  body: Uint8Array,
  paths: readonly string[],
  limits: List['limits'],
): (Json | undefined)[] {
  return paths.length === 0 ? [] : locate(body, { selectors: ['@'], paths, limits }).values;
}

/**
 * A change as the position that is kept with the rows: some APIs repeat the key they were asked
 * with in their links, or sign them.
 */
function position({ url, ...change }: RequestChange, client: Client): Json {
  return parseJson(
    client.redact(
      printJson({ ...change, ...(url !== undefined && { url: client.redactUrl(url) }) }),
    ),
  );
}

/** Something is known to be missing, or reading stopped before the end. */
function isCut(end: ListEnd): boolean {
  return end.end === 'maximum' || listFinding(end)?.verdict === 'incomplete';
}

/** What later runs begin with; null where there is nothing to keep. */
function stateOf(
  { windowed }: List,
  paging: FoundPaging | undefined,
  lastValue: CursorValue | null,
): Json {
  if (paging === undefined && lastValue === null) return null;
  return {
    ...(paging && { resource: { paging } }),
    ...(lastValue !== null && { incremental: { lastValue }, ...(windowed && { windowed }) }),
  } satisfies ListState as unknown as Json;
}
