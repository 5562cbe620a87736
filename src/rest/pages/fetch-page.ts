import {
  FunctionError,
  isSluiceError,
  JsonError,
  SelectError,
  type SluiceError,
} from '../../../operators/errors.js';
import { isObject } from '../../../operators/json/is-object.js';
import { locate } from '../../../operators/json/locate.js';
import { parseJson } from '../../../operators/json/parse-json.js';
import { printJson } from '../../../operators/json/print-json.js';
import { markPlace } from '../../../operators/settings/error-place.js';
import { withPlace } from '../../../operators/settings/with-place.js';
import { ConfigError, HttpError } from '../../errors.js';
import { pause } from '../../signals/pause.js';
import type { Client } from '../http/http-client.js';
import type { HttpResponse } from '../http/messages.js';
import type { SendOptions } from '../http/sending/send-options.js';
import { changedBody } from '../paginators/changed-body.js';
import type { RequestChange } from '../paginators/paginator.js';
import type { ListRequest, ReadOptions } from './list.js';
import { missingAt, namesIn } from './path-watch.js';
import { type PollConfig, pollRules, pollState } from './poll.js';
import { asJson, type Format, formatAdvice } from './rows/formats.js';
import { isBlankBody } from './rows/no-rows.js';
import { nonFiniteAsNull } from './rows/non-finite.js';
import { emptyPage, type PageRows, pageRows } from './rows/page-rows.js';
import { rowsAsDlt } from './rows/rows-as-dlt.js';

/**
 * A response with its rows found, or one without a page: skipped by `skipStatus` or a response
 * action, or the end of its list by `endStatus`, or by a status that only a page behind the last
 * one has.
 */
export type FetchedPage =
  | (PageRows & {
      response: HttpResponse;
      /** The whole response as JSON; `body` holds its rows. */
      document: Uint8Array;
      /** Size of the response's body. */
      bytes: number;
    })
  | { skipped: 'status' | 'action' | 'end'; status: number };

/** What services say to a request for a page behind their last one. */
export const BEHIND: readonly number[] = [400, 404, 410, 416, 422];

type Found = PageRows & { document: Uint8Array };

/** A request for one page of a list. */
export interface PageRequest {
  url: URL;
  change: RequestChange;
  index: number;
  /** Paths of values to read from the body. */
  paths: readonly string[];
  /** Statuses that are the end of the list beside those of `endStatus`. @default none */
  endStatus?: readonly number[];
}

/** Sends the requests of one list; repeats each while `poll` says that it is not ready. */
export function pageFetcher(
  list: ListRequest & { resource: string; depth: number; parent: string | null },
  where: string,
  { client, gate, observe, places }: Omit<ReadOptions, 'signal'>,
): (request: PageRequest, signal: AbortSignal) => Promise<FetchedPage> {
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
        `the API failed to make the response: \`${poll.statusPath}\` is \`${typeof word === 'string' ? word : printJson(word ?? null)}\`. Request it again, or request less data.`,
      );
    return state === 'done';
  }

  /** The state of a request that was accepted: an object that has no list with rows. */
  function isState(document: Uint8Array): boolean {
    return format === 'json' && isObject(parseJson(document)) && places.isEmpty(document);
  }

  function gaveUp(url: URL, why: string): HttpError {
    return new HttpError(why, {
      status: null,
      method: list.method,
      url: client.redactUrl(client.redact(url.href, list.secrets)),
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
    const { url, index } = request;
    const isPolled = rules !== null && index === 0;
    if (format === 'json' && isBlankBody(bytes)) {
      if (isPolled) return 'wait';
      if (list.compat === 'dlt') throw noBody(request, status);
      return {
        ...emptyPage(),
        notice: `${where}, page ${index + 1}: the body of the response is empty. It counts as no rows.`,
      };
    }
    const isAsSent = client.nonFinite === null || format === 'text';
    const document = asJson(isAsSent ? bytes : nonFiniteAsNull(bytes), format);
    if (isPolled && !isReady(rules, document, url)) return 'wait';
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
    });
    const notice =
      rows.notice === null
        ? null
        : `${where}, page ${index + 1}: ${client.redact(rows.notice, list.secrets)}`;
    return Object.assign(rows, { document, notice });
  }

  async function attemptOnce(
    request: PageRequest,
    signal: AbortSignal,
  ): Promise<FetchedPage | 'wait'> {
    const { url, change, endStatus = [] } = request;
    // dlt repeats every request, whatever its method.
    const { repeatable = list.compat === 'dlt' ? true : undefined } = list;
    await gate.whenOpen(signal);
    const ends = [...list.endStatus, ...endStatus];
    const options: SendOptions<Found | 'wait'> = {
      resource,
      depth: list.depth,
      signal,
      observe,
      decode: (bytes, status) => decodePage(bytes, status, request),
      accept: [...list.skipStatus, ...ends],
      actions: list.responseActions,
      secrets: list.secrets,
      ...(list.auth !== undefined && { auth: list.auth }),
      ...(repeatable !== undefined && { retry: repeatable }),
      ...(list.compat === 'dlt' && { lasting: LASTING_IN_DLT }),
      ...(list.saveAs !== null && { save: { path: list.saveAs } }),
    };
    const {
      status,
      headers,
      url: from,
      body,
      decoded,
      ignored,
    } = await located({ where, list, request }, client, () =>
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
    return Object.assign(decoded ?? emptyPage(), { response, bytes: body.length });
  }

  return async (request, signal): Promise<FetchedPage> => {
    const { url, index } = request;
    const until = Date.now() + (rules?.timeoutMs ?? 0);
    for (;;) {
      const fetched = await attemptOnce(request, signal);
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
  };
}

/** With dlt's rules unless an option says where the rows are that dlt has not. */
function isReadAsDlt({ compat, rows, dataSelector }: ListRequest): boolean {
  return compat === 'dlt' && rows === 'array' && (dataSelector === null || dataSelector.length < 2);
}

/** Statuses that dlt does not repeat a request after, though they say that it may be repeated. */
const LASTING_IN_DLT: readonly number[] = [408, 425];

/** RFC 9110 §15.3.3: the request was accepted, and what it asked for is not made yet. */
const ACCEPTED = 202;

/** An error of a body with what to do about its status or format. */
function withAdvice(error: unknown, body: Uint8Array, status: number, format: Format): unknown {
  if (!(error instanceof JsonError || error instanceof SelectError)) return error;
  const ofStatus =
    status === ACCEPTED
      ? ' The response has status 202 (accepted), so it is not made yet. Set `poll` or request it later.'
      : '';
  if (error instanceof SelectError)
    return ofStatus === ''
      ? error
      : new SelectError(`${error.message}${ofStatus}`, { cause: error });
  const advice = `${formatAdvice(body, format)}${ofStatus}`;
  const { message, offset, incomplete } = error;
  return advice === ''
    ? error
    : new JsonError(`${message}${advice}`, offset, incomplete, { cause: error });
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

/** Notes the page of an error, and what was requested for it. */
async function located<T>(
  { where, list, request }: { where: string; list: LocatedList; request: PageRequest },
  client: Client,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { method, resource, parent, secrets } = list;
    const { url, index } = request;
    throw markPlace(withPage(error, { where, parent, resource, index }, client), {
      resource,
      parent,
      page: index,
      request: { method, url: client.redactUrl(client.redact(url.href, secrets)) },
    });
  }
}

type LocatedList = Pick<ListRequest, 'method' | 'secrets'> & {
  resource: string;
  parent: string | null;
};

/**
 * Puts resource and page in front of errors of the body; those of HTTP name the address themselves.
 */
function withPage(
  error: unknown,
  {
    where,
    resource,
    parent,
    index,
  }: { where: string; resource: string; parent: string | null; index: number },
  client: Client,
): unknown {
  if (!isSluiceError(error) || error instanceof ConfigError) return error;
  const place = `${where}, page ${index + 1}`;
  const advice = index > 0 ? endAdvice(error) : parent === null ? '' : parentAdvice(error);
  const message = client.redact(error.message) + advice;
  if (!(error instanceof FunctionError)) return withPlace(place, error, message);
  const { functionName, cause } = error;
  return new FunctionError(
    `${place}: ${message}`,
    { functionName, resource, page: index + 1 },
    { cause },
  );
}

/** A status is the end of a list only where it is known to be. */
function endAdvice(error: SluiceError): string {
  const status = error instanceof HttpError ? error.status : null;
  return status !== null && BEHIND.includes(status)
    ? ` If the API ends its lists in this way, set \`endStatus: [${status}]\` on the endpoint.`
    : '';
}

/** Some APIs have no address for the rows of a parent that has none. */
function parentAdvice(error: SluiceError): string {
  return error instanceof HttpError && error.status === 404
    ? ' Where a parent may have no such rows, let the response be skipped: `skipStatus: [404]`.'
    : '';
}
