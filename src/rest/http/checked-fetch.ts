import { isPromise, kindOf } from '../../../operators/settings/user-function.js';
import { PermanentFault } from './permanent-fault.js';
import type { FetchAnswer, FetchLike } from './transport.js';

/**
 * A `fetch` of the user's that keeps its word: what it throws is an Error, and counts as a failure
 * of the network; what it returns is a response. PermanentFault for anything else.
 */
export function checkedFetch(fetch: FetchLike): FetchLike {
  return async (url, init) => {
    let response: FetchAnswer;
    try {
      response = await fetch(url, init);
    } catch (error) {
      if (error instanceof Error) throw error;
      const text = typeof error === 'string' ? error : kindOf(error);
      throw new Error(`\`client.fetch\` threw: ${text}`, { cause: error });
    }
    const fault = responseFault(response);
    if (fault !== null)
      throw new PermanentFault(`\`client.fetch\` returned ${kindOf(response)}: ${fault}`);
    return response;
  };
}

function responseFault(response: unknown): string | null {
  if (typeof response !== 'object' || response === null) return 'return a response';
  const { status, headers, body } = response as Partial<Record<keyof FetchAnswer, unknown>>;
  if (!Number.isInteger(status)) return `\`status\` is ${kindOf(status)}; it must be a number`;
  if (typeof (headers as { get?: unknown } | undefined)?.get !== 'function')
    return '`headers` must have a `get`, as those of a Response';
  const isBody =
    body === null ||
    body === undefined ||
    (typeof body === 'object' && !isPromise(body) && Symbol.asyncIterator in body);
  return isBody ? null : `\`body\` is ${kindOf(body)}; it must be a stream of bytes, or null`;
}
