import { isSluiceError, SelectError } from '../../../operators/errors.js';
import { findRows, type FoundRows } from '../../../operators/json/find-rows.js';
import { locate } from '../../../operators/json/locate.js';
import { printJson } from '../../../operators/json/print-json.js';
import type { Span } from '../../../operators/types.js';
import { ConfigError, HttpError } from '../../errors.js';
import { pause } from '../../signals/pause.js';
import type { Client } from '../http/http-client.js';
import type { Answer } from '../http/messages.js';
import type { SendOptions } from '../http/send-options.js';
import { changedBody } from '../paginators/changed-body.js';
import type { RequestChange } from '../paginators/paginator.js';
import { withMessage } from '../with-message.js';
import { asJson } from './formats.js';
import type { ListRequest, ReadOptions } from './list.js';
import { nonFiniteAsNull } from './non-finite.js';
import { didYouMeanPath, missingAt, namesIn } from './path-watch.js';
import { type PollConfig, pollRules, pollState } from './poll.js';

/** An answer with its rows found, or one that is passed over. */
export type FetchedPage =
  | (FoundRows & {
      answer: Answer;
      /** The whole answer as JSON; `body` holds its rows. */ document: Uint8Array;
      /** Size of what came, in bytes. */ bytes: number;
    })
  | { skipped: 'status' | 'action'; status: number };

/** Sends the requests of one list; each answer is whole, and made when `poll` says so. */
export function pageFetcher(
  list: ListRequest & { resource: string; depth: number },
  where: string,
  { client, gate, signal, observe, places }: ReadOptions,
): (
  url: URL,
  change: RequestChange,
  index: number,
  paths: readonly string[],
) => Promise<FetchedPage> {
  const { resource, format } = list;
  const rules = list.poll === null ? null : pollRules(list.poll);
  let isReported = false;

  function isReady(poll: Required<PollConfig>, body: Uint8Array, url: URL): boolean {
    const [word] = locate(body, {
      selectors: ['@'],
      paths: [poll.statusPath],
      limits: list.limits,
    }).values;
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
        `the API gave up making the answer: \`${poll.statusPath}\` is \`${typeof word === 'string' ? word : printJson(word ?? null)}\`. Ask for it anew, perhaps for less.`,
      );
    return state === 'done';
  }

  function gaveUp(url: URL, why: string): HttpError {
    return new HttpError(why, {
      status: null,
      method: list.method,
      url: client.redact(url.href),
      body: '',
      attempt: 1,
    });
  }

  function rowsIn(body: Uint8Array, paths: readonly string[], index: number): FoundRows {
    const guessed = list.dataSelector === null && format === 'json' ? places.of(body) : '@';
    const selectors = list.dataSelector ?? (guessed === null ? [] : [guessed]);
    if (selectors.length === 0) return noRows(body, paths, list.limits);
    let found: FoundRows;
    try {
      found = findRows(body, {
        selectors,
        paths,
        rows: list.rows,
        limits: list.limits,
        ...(list.key !== null && { key: list.key }),
      });
    } catch (error) {
      if (!(error instanceof SelectError)) throw error;
      if (list.dataSelector === null && places.isEmpty(body))
        return noRows(body, paths, list.limits);
      if (!list.mayBeMissing) throw withNearest(error, body, selectors);
      if (index === 0)
        observe({
          kind: 'notice',
          resource,
          message: `${client.redact(error.message)} It counts as no rows.`,
        });
      return noRows(body, paths, list.limits);
    }
    refuseScalar(found.body, found.span, selectors);
    return found;
  }

  async function attemptOnce(
    url: URL,
    change: RequestChange,
    index: number,
    paths: readonly string[],
  ): Promise<FetchedPage | 'wait'> {
    await gate.opened(signal);
    let found: (FoundRows & { document: Uint8Array }) | 'wait' | null = null;
    const check = (bytes: Uint8Array): void => {
      const isAsSent = client.nonFinite === null || format === 'text';
      const document = asJson(isAsSent ? bytes : nonFiniteAsNull(bytes), format);
      if (rules !== null && index === 0 && !isReady(rules, document, url)) {
        found = 'wait';
        return;
      }
      found = { ...rowsIn(document, paths, index), document };
    };
    const options: SendOptions = {
      resource,
      depth: list.depth,
      signal,
      observe,
      check,
      accept: list.skipStatus,
      actions: list.responseActions,
      secrets: list.secrets,
      ...(list.auth !== undefined && { auth: list.auth }),
      ...(list.repeatable !== undefined && { retry: list.repeatable }),
      ...(list.saveAs !== null && { save: { path: list.saveAs } }),
    };
    const answer = await located(where, index, client, () =>
      client.send(
        { method: list.method, url, bodyFor: list.url.origin, ...bodyOf(list, change) },
        options,
      ),
    );
    if (answer.ignored) return { skipped: 'action', status: answer.status };
    if (found === 'wait') return 'wait';
    // 204 (RFC 9110 §15.3.5) says that there is no body, and so no rows.
    if (found === null || list.skipStatus.includes(answer.status))
      return { skipped: 'status', status: answer.status };
    return {
      ...(found as FoundRows & { document: Uint8Array }),
      answer,
      bytes: answer.body.length,
    };
  }

  return async (url, change, index, paths): Promise<FetchedPage> => {
    const until = Date.now() + (rules?.timeoutMs ?? 0);
    for (;;) {
      const fetched = await attemptOnce(url, change, index, paths);
      if (fetched !== 'wait' || rules === null) return fetched as FetchedPage;
      if (Date.now() + rules.everyMs > until)
        throw gaveUp(
          url,
          `${where}, page ${index + 1}: the answer was not made after ${rules.timeoutMs / 1000} s (\`${rules.statusPath}\` never was ${rules.done.join(' or ')}). Raise poll.timeoutMs if it takes longer.`,
        );
      observe({
        kind: 'wait',
        resource,
        reason: `the answer is in the making (asked again every ${rules.everyMs / 1000} s)`,
        until: Date.now() + rules.everyMs,
      });
      await pause(rules.everyMs, signal);
    }
  };
}

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

/** The error that nothing is at the selectors, with the nearest path that is there. */
function withNearest(
  error: SelectError,
  body: Uint8Array,
  selectors: readonly string[],
): SelectError {
  const names = namesIn(body);
  const hint = selectors
    .map((selector) => didYouMeanPath(selector, names))
    .find((one) => one !== '');
  return hint === undefined ? error : new SelectError(`${error.message}${hint}`, { cause: error });
}

function noRows(
  body: Uint8Array,
  paths: readonly string[],
  limits: ListRequest['limits'],
): FoundRows {
  return {
    body,
    ...locate(body, { selectors: ['@'], paths, limits }),
    span: { kind: 'none', start: 0, end: 0, count: 0 },
  };
}

/**
 * SelectError where text, a number or a flag is in the place of rows: some services say there that
 * they are closed.
 */
function refuseScalar(
  body: Uint8Array,
  { kind, start, end }: Span,
  selectors: readonly string[],
): void {
  if (kind !== 'value' || body[start] === OPEN_BRACE || selectors.includes('@')) return;
  const found = new TextDecoder().decode(body.subarray(start, Math.min(end, start + 200)));
  throw new SelectError(
    `\`${selectors.join('` or `')}\` was to have rows and has ${found}. Correct dataSelector, or tell such answers apart (responseActions).`,
  );
}

const OPEN_BRACE = 0x7b;

/**
 * Puts resource and page in front of errors of the body; those of HTTP name the address themselves.
 */
async function located<T>(
  where: string,
  index: number,
  client: Client,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSluiceError(error) || error instanceof ConfigError) throw error;
    throw withMessage(error, `${where}, page ${index + 1}: ${client.redact(error.message)}`);
  }
}
