import { FunctionError } from '../../../operators/errors.js';
import { NO_ROWS } from '../../../operators/json/no-rows.js';
import { parseJson } from '../../../operators/json/parse-json.js';
import { printJson } from '../../../operators/json/print-json.js';
import { placeOf } from '../../../operators/settings/with-place.js';
import type { Json, Page } from '../../../operators/types.js';
import { PaginationError } from '../../errors.js';
import type { ListEnd } from '../../run/source.js';
import { detectPaginator } from '../paginators/detect/detect.js';
import { missingHeader, statedPageSize } from '../paginators/missing-header.js';
import type { PageFacts, Paginator, RequestChange } from '../paginators/paginator.js';
import { cursorTracker } from './cursor-tracker.js';
import { BEHIND, type FetchedPage, pageFetcher } from './fetch-page.js';
import type { CursorValue } from './incremental.js';
import { isCut } from './is-cut.js';
import { listPositions } from './list-positions.js';
import { type FoundPaging, listState } from './list-state.js';
import { ListTally } from './list-tally.js';
import type { List, ReadOptions } from './list.js';
import { STATE_ONLY } from './no-rows.js';
import { factsReader, type Located, withValues } from './page-facts.js';
import { type GuardSnapshot, PaginationGuard, type Step } from './pagination-guard.js';
import { rowPaths, watchPaginator } from './path-watch.js';

const PART =
  'the last response has status 206 (partial content), and nothing says that it is the last part';
const ACCEPTED =
  'the response has status 202 (accepted), so what it holds may not be made yet. Set `poll` to wait for it';
/** Equal pages in a row of which it is not known whether the API ignores its parameters. */
const MOST_HELD = 25;
/** Statuses that say that there is nothing: a list that they end was read whole. */
const GONE = [404, 410, 416];

/** A page that is known to be the list's only when a later one differs. */
interface Held {
  page: Located;
  facts: PageFacts;
  next: RequestChange;
  isProbe: boolean;
  guard: GuardSnapshot;
}

/**
 * Reads the pages of one list. The next page is requested while one is worked on downstream.
 *
 * A page that equals the one before is held back until one differs, and then both count. Where
 * three are equal and nothing beside their rows moves on, the API ignores its parameters: the
 * repeats are dropped, and the list is at its end. A stated total that has room for more equal
 * pages puts that off.
 *
 * `from` reads on behind the page that had it as its `next`: the pages before it and those that
 * follow are the pages of one uninterrupted read, with the same state and end. A page that was held
 * back at that time is requested again.
 *
 * Errors: ConfigError for a position that cannot be used (`listPositions`).
 */
export async function* readPages(list: List, options: ReadOptions): AsyncGenerator<Page> {
  const { client, observe, places, watch } = options;
  const { resource, parent, stamp, incremental } = list;
  const where = placeOf(resource, parent);
  const fetchPage = pageFetcher(list, where, options);
  const positions = listPositions(list, client);
  const resumed = options.from === undefined ? null : positions.resume(options.from, where);
  const known = resumed?.known;
  const guard = new PaginationGuard(list.url, {
    where,
    maxPages: list.maxPages,
    withoutSecrets: (text) => positions.withoutSecrets(text),
    from: known?.guard,
  });
  const start = known === undefined ? list.last : cursorValue(known.cursor);
  const tracker = incremental === null ? null : cursorTracker(incremental, start, list.limits);
  const reader = factsReader(list.dataSelector?.[0], list.limits, known?.facts);
  const tally = new ListTally(known?.tally);
  let paginator = resumed?.paginator ?? (list.paginator === 'auto' ? null : list.paginator);
  let paging = list.paging;
  if (known?.isKept === true && paginator !== null) paging = pagingOf(list, paginator);
  watch.restore(known?.matched ?? []);
  if (known?.selector != null) places.choose(known.selector);
  let change: RequestChange = resumed?.change ?? paginator?.first ?? {};
  /** Rows that a request without a configured paginator has for a page. */
  let size: number | null = null;
  let nextMissing = false;
  let absentHeader: string | null = null;
  let held: Held[] = [];
  /** A selector with a wildcard that led to nothing. */
  let unmatched: string | null = known?.unmatched ?? null;
  /** Why the status of the last response casts doubt on the end. */
  let statusDoubt: string | null = null;

  const ended = (end: ListEnd['end'], isRepeat = false): ListEnd => ({
    kind: 'done',
    resource,
    parent,
    end,
    ...tally.end(),
    ...(statusDoubt !== null && { doubt: statusDoubt }),
    ...(isRepeat && { more: null }),
    fault: tally.fault === null ? null : client.redact(tally.fault, list.secrets),
    pageSize: paginator?.pageSize ?? size,
    autoDetected: list.paginator === 'auto',
    nextMissing,
    ...(absentHeader !== null && { missingHeader: absentHeader }),
    ...(unmatched !== null && tally.counts.rows === 0 && { unmatched }),
  });
  const look = (facts: PageFacts): ReturnType<typeof detectPaginator> => {
    const found = detectPaginator(facts, { url: list.url, json: list.json });
    size = found.size;
    const { config } = found.paginator;
    if (found.lasting) paging = pagingOf(list, found.paginator);
    // Most responses are one page; the verdict says whether it is the whole list.
    if (found.incomplete || config?.type !== 'single')
      observe({ kind: 'notice', resource, message: `paging: ${found.why}` });
    return found;
  };
  const fetchNext = (
    step: Step,
    index: number,
    endStatus: readonly number[] = [],
  ): Promise<FetchedPage> => {
    change = step.change;
    const request = fetchPage({
      url: step.url,
      change,
      index,
      paths: paginator?.paths ?? [],
      endStatus,
    });
    // Whoever stops reading here never looks at the request ahead.
    request.catch(() => undefined);
    return request;
  };
  const pageOf = (page: Pick<Located, 'body' | 'span'>, next: Json, last: boolean): Page => ({
    resource,
    parent,
    index: tally.counts.pages - (last ? 0 : 1),
    body: page.body,
    rows: page.span,
    next,
    stamp,
    state: listState(list, paging, list.last),
  });
  const positionBehind = (
    change: RequestChange | null,
    { guard: snapshot, isProbe = false }: { guard: GuardSnapshot; isProbe?: boolean },
  ): Json =>
    positions.behind(change, () => {
      const cursor = tracker?.last() ?? null;
      const { fault, ...counted } = tally.snapshot();
      return {
        paginator: paginator?.config ?? null,
        isKept: paging !== undefined,
        tally: { ...counted, fault: fault === null ? null : client.redact(fault, list.secrets) },
        guard: snapshot,
        facts: reader.snapshot(),
        cursor: cursor === null ? null : printJson(cursor),
        selector: list.dataSelector === null ? places.chosen() : null,
        matched: watch.matched(),
        unmatched,
        isProbe,
      };
    });
  const count = ({ body, span, bytes, beside, response }: Located, facts: PageFacts): void => {
    statusDoubt = doubtOf(response.status, span.kind === 'value' && list.poll === null);
    const wild = list.dataSelector?.find((selector) => selector.includes('*'));
    if (wild !== undefined && beside !== undefined && (beside !== null || span.count > 0)) {
      watch.note('dataSelector', wild, beside === null, () => beside ?? []);
      if (beside !== null) unmatched = wild;
    }
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
      index: tally.counts.pages,
      rows: span.count,
      bytes,
    });
    if (paginator !== null) tally.see(facts, paginator);
    tally.add(span.count);
  };
  function* release(): Generator<Page> {
    for (const { page, facts, next, ...at } of held) {
      count(page, facts);
      yield pageOf(page, positionBehind(next, at), false);
    }
    held = [];
  }
  /** What later runs begin with, where the list was read to its end. */
  const finalState = (): Json => listState(list, paging, tracker?.last() ?? null);
  /** The end of a list whose last page did not yet know that it was the last. */
  function* finish(end: ListEnd['end'], isWhole = true): Generator<Page> {
    const done = ended(end);
    if (isWhole && tracker !== null && !isCut(done))
      yield { ...pageOf({ body: STATE_ONLY, span: NO_ROWS }, null, true), state: finalState() };
    observe(done);
  }

  const shownFault = (fault: unknown): unknown => {
    if (fault instanceof PaginationError)
      return new PaginationError(client.redactUrl(client.redact(fault.message, list.secrets)));
    if (!(fault instanceof FunctionError)) return fault;
    const { functionName, page, cause } = fault;
    const message = `${where}, ${client.redact(fault.message, list.secrets)}`;
    return new FunctionError(message, { functionName, resource, page }, { cause });
  };

  try {
    let isProbe = known?.isProbe ?? false;
    const { pages: before } = tally.counts;
    const url = resumed === null ? guard.begin(change) : guard.resume(change, before);
    let ahead = fetchNext({ change, url }, before, isProbe ? BEHIND : []);
    for (;;) {
      const page = await ahead;
      if ('skipped' in page) {
        const { skipped, status } = page;
        yield* release();
        if (skipped === 'end') {
          yield* finish(isProbe && !list.endStatus.includes(status) ? 'total' : 'status');
          return;
        }
        const { pages } = tally.counts;
        observe({ kind: 'skip', resource, parent, index: pages, status, reason: skipped });
        if (pages > 0) yield* finish('passed-over', GONE.includes(status));
        return;
      }
      const heldRows = held.reduce((sum, { facts: { rows } }) => sum + rows, 0);
      let facts = reader.of(page, {
        index: tally.counts.pages + held.length,
        rows: tally.counts.rows + heldRows,
        maxPageRows: tally.counts.maxPageRows,
        change,
      });
      let lost = false;
      if (paginator === null) {
        const found = look(facts);
        paginator = found.paginator;
        lost = found.incomplete;
        facts = withValues(facts, page.document, paginator.paths, list.limits);
      }
      if (guard.isStartAgain(page, facts, paginator)) {
        yield* finish('no-next');
        return;
      }
      const isRepeat = guard.isRepeat(page, facts, paginator);
      if (isRepeat && paginator.isFirstAgain?.(facts) === true) {
        const { index, rows, rowsRead } = facts;
        const step = guard.after(
          { ...facts, index: index - 1, rowsRead: rowsRead - rows },
          paginator,
        );
        if ('url' in step) {
          ahead = fetchNext(step, index);
          continue;
        }
        yield* finish('end' in step ? step.end : 'repeat');
        return;
      }
      if (list.paginator !== 'auto' && list.paging === undefined)
        watchPaginator(watch, paginator, facts);
      let step = guard.after(facts, paginator);
      if (isRepeat) {
        isProbe = 'end' in step && step.end === 'total';
        if (isProbe) step = guard.beyond(facts, paginator);
        const mayBeMore = (tally.total ?? 0) >= facts.rowsRead && held.length < MOST_HELD;
        if (held.length > 0 && !mayBeMore) {
          held = [];
          observe({
            kind: 'notice',
            resource,
            message: `${where}: three pages in a row have the same rows, and nothing beside them moves on, so the API seems to ignore the parameters of the paginator: this is the end of the list. Check their names.`,
          });
          yield* finish('repeat');
          return;
        }
        if ('url' in step) {
          held.push({ page, facts, next: step.change, isProbe, guard: guard.snapshot() });
          ahead = fetchNext(step, facts.index + 1, isProbe ? BEHIND : []);
          continue;
        }
      }
      isProbe = false;
      yield* release();
      if ('end' in step && step.nextMissing === true && facts.index === 0) {
        nextMissing = true;
        // What was found in an earlier run is not there any more: the API may have changed.
        if (list.paging !== undefined) {
          const found = look(facts);
          if (found.paginator.config?.type !== 'single') {
            nextMissing = false;
            paginator = found.paginator;
            facts = withValues(facts, page.document, paginator.paths, list.limits);
            step = guard.after(facts, paginator);
          }
        }
      }
      if (facts.index === 0) {
        absentHeader = missingHeader(paginator, facts);
        if (absentHeader !== null) size ??= statedPageSize(list, facts);
      }
      if ('url' in step) ahead = fetchNext(step, facts.index + 1);
      const [strange] = reader.strangeKeys(page);
      if (strange !== undefined)
        tally.suspect(
          `page ${facts.index + 1} was taken for the end, since it has no list, but it has \`${strange.slice(0, 60)}\`, which the first page had not`,
        );
      count(page, facts);
      // The cursor moves on only with a list that was read to its end: what was missed has to be
      // requested again.
      const done = 'end' in step ? ended(lost ? 'lost' : step.end, step.isRepeat) : null;
      const next = 'end' in step ? null : positionBehind(step.change, { guard: guard.snapshot() });
      yield {
        ...pageOf(page, next, false),
        ...(done !== null && !isCut(done) && { state: finalState() }),
      };
      if (done !== null) {
        observe(done);
        return;
      }
      if ('fault' in step) throw shownFault(step.fault);
    }
  } catch (error) {
    // Other functions of a paginator are called in several places.
    throw error instanceof FunctionError && error.resource === null ? shownFault(error) : error;
  } finally {
    tracker?.close();
  }
}

/** `isOne`: one value came, and nothing waits until it is made. */
function doubtOf(status: number, isOne: boolean): string | null {
  if (status === 206) return PART;
  return status === 202 && isOne ? ACCEPTED : null;
}

/** Detected paging, as later runs keep it. */
function pagingOf({ fingerprint }: List, { config }: Paginator): FoundPaging {
  return { fingerprint, paginator: config as FoundPaging['paginator'] };
}

function cursorValue(text: string | null): CursorValue | null {
  return text === null ? null : (parseJson(text) as CursorValue);
}
