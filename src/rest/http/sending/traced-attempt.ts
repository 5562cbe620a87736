import type { SourceEvent } from '../../../run/source.js';
import type { RequestSpec } from '../messages.js';
import type { ExchangeConfig } from '../transport/exchange.js';
import { lowerCased } from '../transport/trusted-hosts.js';
import { attempt, type AttemptTools, type Outcome } from './attempt.js';
import type { SendOptions } from './send-options.js';

/** An attempt that is published on the diagnostics channels, where somebody subscribes. */
export function tracedAttempt<T>(
  spec: RequestSpec,
  count: number,
  tools: AttemptTools,
  options: SendOptions<T>,
): Promise<Outcome<T>> {
  const { tracing } = options;
  if (tracing === undefined) return attempt(spec, count, tools, options);
  const { redactor, errors, wire } = tools;
  let status: number | null = null;
  const observe = (event: SourceEvent): void => {
    if (event.kind === 'request') ({ status } = event);
    options.observe(event);
  };
  return tracing.request(
    { method: spec.method, url: redactor.url(spec.url), attempt: count },
    ({ headers }, redirect) => {
      const onRedirect: ExchangeConfig['onRedirect'] = (by, to) => {
        const { method, url } = to;
        const { headers: more, run } = redirect(by, { method, url: redactor.url(url) });
        return { spec: withHeaders(to, more), run };
      };
      return attempt(
        withHeaders(spec, headers),
        count,
        { ...tools, wire: { ...wire, onRedirect } },
        { ...options, observe },
      );
    },
    (outcome) => ('fault' in outcome ? { status, error: faultOf(outcome.fault) } : { status }),
  );

  /** With those that neither the client nor the request has. */
  function withHeaders(to: RequestSpec, headers: Readonly<Record<string, string>>): RequestSpec {
    const own = lowerCased({ ...wire.headers, ...spec.headers });
    const added = Object.entries(lowerCased(headers)).filter(([name]) => !Object.hasOwn(own, name));
    return { ...to, headers: { ...to.headers, ...Object.fromEntries(added) } };
  }

  /** The error without secrets; what is thrown in the end is made of the one that came. */
  function faultOf(fault: Error): Error {
    const { code } = fault as NodeJS.ErrnoException;
    return Object.assign(new Error(errors.faultText(fault)), {
      ...(code !== undefined && { code }),
    });
  }
}
