import type { Client } from '../http/http-client.js';
import type { RestEndpoint } from './rest-config.js';

/** Says that fewer pages are requested at once than `parallelPages` says; null where all are. */
export function cappedParallel(
  { parallelPages = false }: Pick<RestEndpoint, 'parallelPages'>,
  { concurrency }: Pick<Client, 'concurrency'>,
): string | null {
  return parallelPages === false || parallelPages <= concurrency
    ? null
    : `\`parallelPages\` is ${parallelPages}, and the client sends at most ${concurrency} requests at once, so no more pages are requested at once. Raise \`rateLimit.concurrency\` if the API takes more.`;
}
