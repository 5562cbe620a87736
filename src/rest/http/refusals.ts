import { HttpError } from '../../errors.js';
import { explainAnswer, explainFault } from './explain.js';
import type { Answer, RequestSpec } from './messages.js';
import type { Redactor } from './redact.js';

/** Makes the errors of one client's requests; none of them shows a secret. */
export interface Refusals {
  /** For an answer; `why` says what it means and what to do. */
  refused(
    spec: RequestSpec,
    answer: Pick<Answer, 'status' | 'body'>,
    attempt: number,
    why: string,
  ): HttpError;
  /** For an answer whose status is an error; `more` is said behind what is known of that status. */
  bad(spec: RequestSpec, answer: Answer, attempt: number, more: string): HttpError;
  /** For a fault on the way; `more` is said behind it. */
  failed(spec: RequestSpec, fault: Error, attempt: number, more: string): HttpError;
  /** What went wrong on the way. */
  fault(fault: Error): string;
}

export function refusals(
  shown: Redactor,
  trusts: (url: URL) => boolean,
  advice: Readonly<Record<number, string>>,
): Refusals {
  const place = ({ method, url }: RequestSpec): { method: string; url: string } => ({
    method,
    url: shown.url(url),
  });
  const title = (spec: RequestSpec): string => `${spec.method} ${shown.url(spec.url)}`;
  const fault = (error: Error): string => shown.text(explainFault(error));

  function refused(
    spec: RequestSpec,
    { status, body }: Pick<Answer, 'status' | 'body'>,
    attempt: number,
    why: string,
  ): HttpError {
    return new HttpError(
      shown.text(`${title(spec)} was answered ${status}${times(attempt)}. ${why}`),
      { status, ...place(spec), body: shown.body(body), attempt },
    );
  }

  return {
    refused,
    bad: (spec, answer, attempt, more) =>
      refused(
        spec,
        answer,
        attempt,
        explainAnswer(answer, shown.body(answer.body), {
          trusted: trusts(answer.url),
          attempts: attempt,
          advice,
        }) + more,
      ),
    failed: (spec, error, attempt, more) => {
      const what = fault(error);
      const stop = more === '' || what.endsWith('.') ? '' : '.';
      return new HttpError(`${title(spec)} failed${times(attempt)}: ${what}${stop}${more}`, {
        status: null,
        ...place(spec),
        body: '',
        attempt,
      });
    },
    fault,
  };
}

function times(attempts: number): string {
  return attempts > 1 ? ` (${attempts} attempts)` : '';
}
