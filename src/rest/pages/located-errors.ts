import { FunctionError, isSluiceError, type SluiceError } from '../../../operators/errors.js';
import { markPlace } from '../../../operators/settings/error-place.js';
import { withRequest } from '../../../operators/settings/page-place.js';
import { withPlace } from '../../../operators/settings/with-place.js';
import { ConfigError, HttpError } from '../../errors.js';
import type { Client } from '../http/http-client.js';
import { BEHIND } from './behind.js';
import type { ListRequest } from './list.js';

/** Puts the page in front of errors of `work`, and notes it with what was requested. */
export async function locatedErrors<T>(
  {
    where,
    list,
    request,
  }: { where: string; list: LocatedList; request: { url: URL; index: number } },
  client: Client,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { resource, parent } = list;
    const { url, index } = request;
    const sent = sentAs(list, url, client);
    throw markPlace(withPage(error, { where, parent, resource, index, sent }, client), {
      resource,
      parent,
      page: index,
      request: sent,
    });
  }
}

/** A request as errors name it; the address without secrets. */
export interface Sent {
  method: string;
  url: string;
}

/** What was requested, without secrets. */
export function sentAs(
  { method, secrets }: Pick<ListRequest, 'method' | 'secrets'>,
  url: URL,
  client: Pick<Client, 'redact' | 'redactUrl'>,
): Sent {
  return { method, url: client.redactUrl(client.redact(url.href, secrets)) };
}

type LocatedList = Pick<ListRequest, 'method' | 'secrets'> & {
  resource: string;
  parent: string | null;
};

/** Puts resource and page in front of errors, and the request behind those that do not name it. */
function withPage(
  error: unknown,
  { where, resource, parent, index, sent }: ErrorPlace,
  client: Client,
): unknown {
  if (!isSluiceError(error) || error instanceof ConfigError) return error;
  const place = `${where}, page ${index + 1}`;
  const advice = index > 0 ? endAdvice(error) : parent === null ? '' : parentAdvice(error);
  const message = withRequest(client.redact(error.message) + advice, sent);
  if (!(error instanceof FunctionError)) return withPlace(place, error, message);
  const { functionName, cause } = error;
  return new FunctionError(
    `${place}: ${message}`,
    { functionName, resource, page: index + 1 },
    { cause },
  );
}

interface ErrorPlace {
  where: string;
  resource: string;
  parent: string | null;
  index: number;
  sent: Sent;
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
