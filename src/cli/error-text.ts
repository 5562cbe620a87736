import { isSluiceError } from '../../operators/errors.js';
import { groupedDigits } from '../../operators/settings/grouped-digits.js';
import type { RunTrace } from '../run/run-trace.js';
import { totalRows } from '../run/total-rows.js';
import { traceOf } from '../run/trace-of.js';

/**
 * What the command line prints of an error: the message of our own errors, and the stack of
 * anything else, which is a fault of the program. Behind that of a run it says what the next run
 * does.
 */
export function errorText(error: unknown): string {
  const trace = traceOf(error);
  return [
    `sluice: ${ownText(error, trace)}`,
    ...(trace === null ? [] : [`Next run of ${trace.pipeline}: ${nextText(trace)}`]),
  ].join('\n');
}

function ownText(error: unknown, trace: RunTrace | null): string {
  if (isSluiceError(error))
    return error.code === 'ERR_SLUICE_ABORT' && trace !== null
      ? stoppedText(totalRows(trace.committed.tables))
      : error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function stoppedText(rows: number): string {
  if (rows === 0) return 'Stopped; nothing was committed.';
  return `Stopped; ${groupedDigits(rows)} row${rows === 1 ? ' is' : 's are'} committed.`;
}

function nextText({ next: { does, why } }: RunTrace): string {
  return does === 'resume' ? `${why} With --restart it starts from the beginning.` : why;
}
