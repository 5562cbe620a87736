import { isObject } from '../../../operators/json/is-object.js';
import { locate } from '../../../operators/json/locate.js';
import { parseJson } from '../../../operators/json/parse-json.js';
import { printJson } from '../../../operators/json/print-json.js';
import { withRequest } from '../../../operators/settings/page-place.js';
import { HttpError } from '../../errors.js';
import type { PageTracing } from '../../run/tracing.js';
import { pause } from '../../signals/pause.js';
import type { BodyFile } from '../http/body/body-file.js';
import { rewrittenFile } from '../http/body/rewritten-file.js';
import type { SendOptions } from '../http/sending/send-options.js';
import { changedBody } from '../paginators/changed-body.js';
import type { RequestChange } from '../paginators/paginator.js';
import { ACCEPTED, withAdvice } from './body-errors.js';
import type { FetchedPage, PageRequest } from './fetched-page.js';
import type { List, ListRequest, ReadOptions } from './list.js';
import { locatedErrors, type Sent, sentAs } from './located-errors.js';
import { missingAt, namesIn } from './path-watch.js';
import { type PollConfig, pollRules, pollState } from './poll.js';
import { fileRows, sliceBytes } from './rows/big/file-rows.js';
import { HELD, type Held, heldBecause } from './rows/big/held-responses.js';
import type { RowSlices } from './rows/big/row-slices.js';
import type { ListLengths } from './rows/data-selector.js';
import { asJson } from './rows/formats.js';
import { isBlankBody } from './rows/no-rows.js';
import { NON_FINITE, nonFiniteAsNull, nonFiniteReplacer } from './rows/non-finite.js';
import { emptyPage, type PageRows, pageRows } from './rows/page-rows.js';
import { rowsAsDlt } from './rows/rows-as-dlt.js';

type Found = PageRows & {
  document: Uint8Array;
  slices?: RowSlices;
  bytes?: number;
  held?: Held;
};

/** Sends the requests of one list; repeats each while `poll` says that it is not ready. */
export function pageFetcher(
  list: ListRequest &
    Pick<List, 'paginator'> & { resource: string; depth: number; parent: string | null },
  where: string,
  { client, gate, uncommitted, observe, places, memoryBytes, held }: Omit<ReadOptions, 'signal'>,
): (request: PageRequest, signal: AbortSignal) => Promise<FetchedPage> {
  const { resource, format } = list;
  const rules = list.poll === null ? null : pollRules(list.poll);
  const why = heldBecause(format);
  let isReported = false;

  /** A later page that does not name its state was made with the first one. */
  function isReady(
    poll: Required<PollConfig>,
    body: Uint8Array,
    { url, index }: PageRequest,
  ): boolean {
    const [word] = locate(body, {
      selectors: ['@'],
      paths: [poll.statusPath],
      limits: list.limits,
    }).values;
    if (word === undefined && index > 0) return true;
    if (word === undefined && !isReported)
      observe({
        kind: 'notice',
        resource,
        message: `\`poll.statusPath\` is \`${poll.statusPath}\`, and ${missingAt(poll.statusPath, namesIn(body))} The request is repeated until something is there.`,
      });
    isReported ||= word === undefined;
    const state = pollState(poll, word);
    if (state === 'failed')
      throw gaveUp(
        url,
        `the API failed to make the response: \`${poll.statusPath}\` is \`${typeof word === 'string' ? word : printJson(word ?? null)}\`. Request it again, or request less data.`,
      );
    return state === 'done';
  }

  /** The state of a request that was accepted: an object that has no list with rows. */
  function isState(document: Uint8Array): boolean {
    return format === 'json' && isObject(parseJson(document)) && places.isEmpty(document);
  }

  function gaveUp(url: URL, why: string): HttpError {
    const sent = sentAs(list, url, client);
    return new HttpError(withRequest(why, sent), {
      status: null,
      ...sent,
      body: '',
      attempt: 1,
    });
  }

  /** dlt fails where a response has no body. */
  function noBody({ url, index }: PageRequest, status: number): HttpError {
    return gaveUp(
      url,
      `${where}, page ${index + 1}: the response has status ${status} and no body. With \`compat: 'dlt'\` that fails, as in dlt. If it means that there are no rows, let it be skipped: \`responseActions: [{ statusCode: ${status}, action: 'ignore' }]\`.`,
    );
  }

  function decodePage(bytes: Uint8Array, status: number, request: PageRequest): Found | 'wait' {
    try {
      return pageIn(bytes, status, request);
    } catch (error) {
      throw withAdvice(error, bytes, status, format);
    }
  }

  function pageIn(bytes: Uint8Array, status: number, request: PageRequest): Found | 'wait' {
    const { index } = request;
    if (format === 'json' && isBlankBody(bytes)) {
      if (rules !== null && index === 0) return 'wait';
      if (list.compat === 'dlt') throw noBody(request, status);
      return {
        ...emptyPage(),
        notice: `${where}, page ${index + 1}: the body of the response is empty. It counts as no rows.`,
      };
    }
    const isAsSent = client.nonFinite === null || format === 'text';
    return pageOf(asJson(isAsSent ? bytes : nonFiniteAsNull(bytes), format), status, request);
  }

  /** The page of a response that is JSON now. */
  function pageOf(
    document: Uint8Array,
    status: number,
    request: PageRequest,
    lengths?: ListLengths,
  ): Found | 'wait' {
    const { index } = request;
    if (rules !== null && !isReady(rules, document, request)) return 'wait';
    if (
      status === ACCEPTED &&
      list.compat === 'sluice' &&
      list.dataSelector === null &&
      rules === null &&
      isState(document)
    )
      return {
        ...emptyPage(),
        document,
        notice: `${where}, page ${index + 1}: the response has status 202 (accepted) and is one object without rows. It counts as no rows. Set \`poll\` to wait for the rows, or \`dataSelector: '@'\` if the object is a row.`,
      };
    const rows = (isReadAsDlt(list) ? rowsAsDlt : pageRows)(document, list, {
      places,
      index,
      paths: request.paths,
      ...(lengths !== undefined && { lengths }),
    });
    const notice =
      rows.notice === null
        ? null
        : `${where}, page ${index + 1}: ${client.redact(rows.notice, list.secrets)}`;
    return Object.assign(rows, { document, notice });
  }

  /** The page of a response in a file, which is closed where its rows are not read from it. */
  async function decodeFile(
    file: BodyFile,
    head: Uint8Array,
    status: number,
    request: PageRequest,
    signal: AbortSignal,
  ): Promise<Found | 'wait'> {
    const { size } = file;
    try {
      const found = await fileRows(await finite(file, signal), list, request.paths, {
        signal,
        sliceBytes: sliceBytes(memoryBytes),
        isReadAsDlt: isReadAsDlt(list),
        read: (document, lengths) => pageOf(document, status, request, lengths),
        readWhole: (bytes) => pageIn(bytes, status, request),
      });
      return found === 'wait' ? found : Object.assign(found, { bytes: size });
    } catch (error) {
      throw withAdvice(error, head, status, format);
    }
  }

  /** The body with null for numbers that JSON has not, where the client says so. */
  async function finite(file: BodyFile, signal: AbortSignal): Promise<BodyFile> {
    if (client.nonFinite === null) return file;
    const words = await Promise.all(NON_FINITE.map((word) => file.includes(word)));
    return words.includes(true)
      ? rewrittenFile(file, nonFiniteReplacer(), () => signal.throwIfAborted())
      : file;
  }

  async function attemptOnce(
    request: PageRequest,
    signal: AbortSignal,
    tracing?: PageTracing,
  ): Promise<FetchedPage | 'wait'> {
    // Before all else that it waits for: none ahead of it gets a place that it has not.
    const awaited = request.awaited ?? (await uncommitted?.request(list.depth, signal));
    let fetched: FetchedPage | 'wait' = 'wait';
    try {
      await gate.whenOpen(signal);
      fetched = await exchange(request, signal, tracing);
      if (fetched !== 'wait' && awaited !== undefined) {
        awaited.arrive('span' in fetched ? fetched.span.count : 0);
        fetched.awaited = awaited;
      }
      return fetched;
    } finally {
      if (fetched === 'wait') awaited?.end();
    }
  }

  async function exchange(
    request: PageRequest,
    signal: AbortSignal,
    tracing?: PageTracing,
  ): Promise<FetchedPage | 'wait'> {
    const { url, change, endStatus = [] } = request;
    // dlt repeats every request, whatever its method.
    const { repeatable = list.compat === 'dlt' ? true : undefined } = list;
    const ends = [...list.endStatus, ...endStatus];
    // What is left out is not spread: that takes longer than all else here.
    const options: SendOptions<Found | 'wait'> = {
      resource,
      depth: list.depth,
      signal,
      observe,
      tracing,
      decode: (bytes, status) => decodePage(bytes, status, request),
      accept: [...list.skipStatus, ...ends],
      actions: list.responseActions,
      secrets: list.secrets,
    };
    if (memoryBytes !== undefined && why === null)
      options.large = {
        memoryBytes: request.isSliced === true ? 0 : memoryBytes,
        decode: (file, status, head) => decodeFile(file, head, status, request, signal),
        onWhole: (bytes) => held?.(bytes, { why: HELD.actions }),
      };
    if (list.auth !== undefined) options.auth = list.auth;
    if (repeatable !== undefined) options.retry = repeatable;
    if (list.compat === 'dlt') options.lasting = LASTING_IN_DLT;
    if (list.saveAs !== null) options.save = list.saveAs;
    const {
      status,
      headers,
      url: from,
      body,
      decoded,
      ignored,
    } = await locatedErrors({ where, list, request }, client, () =>
      client.send(
        { method: list.method, url, bodyFor: list.url.origin, ...bodyOf(list, change) },
        options,
      ),
    );
    if (ignored) return { skipped: 'action', status };
    if (ends.includes(status)) return { skipped: 'end', status };
    if (list.skipStatus.includes(status)) return { skipped: 'status', status };
    if (decoded === 'wait') return 'wait';
    if (decoded === null && list.compat === 'dlt') throw noBody(request, status);
    // 204 (RFC 9110 §15.3.5) has no body, and so no rows.
    const response = { status, headers, url: from, body };
    const found: Found = decoded ?? emptyPage();
    const bytes = found.bytes ?? body.length;
    // A file is closed, or its rows are read from it.
    const isInMemory = found.bytes === undefined || found.held !== undefined;
    if (isInMemory) held?.(bytes, found.held ?? { why: why ?? HELD.shared });
    const sent = (): Sent => sentAs(list, url, client);
    return Object.assign(found, { response, bytes, request: sent });
  }

  async function fetchPage(
    request: PageRequest,
    signal: AbortSignal,
    tracing?: PageTracing,
  ): Promise<FetchedPage> {
    const { url, index } = request;
    const until = Date.now() + (rules?.timeoutMs ?? 0);
    for (;;) {
      const fetched = await attemptOnce(request, signal, tracing);
      if (fetched !== 'wait' || rules === null) return fetched as FetchedPage;
      if (Date.now() + rules.everyMs > until)
        throw gaveUp(
          url,
          `${where}, page ${index + 1}: the response was not ready after ${rules.timeoutMs / 1000} s (\`${rules.statusPath}\` never was ${rules.done.join(' or ')}). Raise poll.timeoutMs if it takes longer.`,
        );
      observe({
        kind: 'wait',
        resource,
        reason: `the response is not ready (requested again every ${rules.everyMs / 1000} s)`,
        until: Date.now() + rules.everyMs,
      });
      await pause(rules.everyMs, signal);
    }
  }

  return (request, signal) => {
    const traced = client.tracing?.pages ?? null;
    if (traced === null) return fetchPage(request, signal);
    return traced.trace(
      { resource, parent: list.parent, page: request.index + 1 },
      (tracing) => fetchPage(request, signal, tracing),
      (page) => ({ rows: 'span' in page ? page.span.count : null }),
    );
  };
}

/** With dlt's rules unless an option says where the rows are that dlt has not. */
function isReadAsDlt({ compat, rows, dataSelector }: ListRequest): boolean {
  return compat === 'dlt' && rows === 'array' && (dataSelector === null || dataSelector.length < 2);
}

/** Statuses that dlt does not repeat a request after, though they say that it may be repeated. */
const LASTING_IN_DLT: readonly number[] = [408, 425];

/** The body of a page's request: the first one's with what the paginator changes. */
function bodyOf(
  { json, data, headers }: ListRequest,
  change: RequestChange,
): { headers: Record<string, string>; body?: string } {
  if (data !== null) return { headers: { ...headers }, body: data };
  const changed = changedBody(json, change);
  return changed === null
    ? { headers: { ...headers } }
    : { headers: { 'content-type': 'application/json', ...headers }, body: printJson(changed) };
}
