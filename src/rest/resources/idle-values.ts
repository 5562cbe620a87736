import type { RestEndpoint } from '../config/rest-config.js';
import { placeholdersIn } from './placeholders.js';
import { FILLED } from './resource-tree.js';

/** Which of the values that change from run to run, or from window to window, requests hold. */
interface Used {
  start: boolean;
  end: boolean;
}

/** Tells whether the requests of an endpoint differ from window to window. */
export function usesWindows(endpoint: RestEndpoint): boolean {
  const { start, end } = used(endpoint, 'window', endpoint.windows);
  return start || end;
}

/**
 * What to say of an `incremental` that requests do not hold; null where they do. Such a list is
 * read as a whole in every run.
 */
export function idleIncremental(endpoint: RestEndpoint): string | null {
  const { incremental } = endpoint;
  if (incremental === undefined) return null;
  const { start, end } = used(endpoint, 'incremental', incremental);
  const { initialValue, endValue } = incremental;
  if (!start && (endValue === undefined || initialValue !== undefined))
    return 'no request holds where `incremental` begins, so every run reads the whole list. Set `incremental.startParam`, or write {incremental.startValue} where the API takes it.';
  return endValue !== undefined && !end
    ? 'no request holds `incremental.endValue`, so the API gives rows beyond it too. Set `incremental.endParam`, or write {incremental.endValue} where the API takes it.'
    : null;
}

function used(
  endpoint: RestEndpoint,
  from: 'incremental' | 'window',
  { startParam, endParam }: { startParam?: string; endParam?: string } = {},
): Used {
  const fields = placeholdersIn(...FILLED.map((part) => endpoint[part]))
    .filter((one) => one.from === from)
    .map(({ field }) => field);
  return {
    start: startParam !== undefined || fields.some((field) => !field.startsWith('end')),
    end: endParam !== undefined || fields.some((field) => field.startsWith('end')),
  };
}
