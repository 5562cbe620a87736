import type { RestEndpoint } from './rest-config.js';

type Parts = Pick<
  RestEndpoint,
  | 'method'
  | 'repeatable'
  | 'paginator'
  | 'incremental'
  | 'maxPages'
  | 'saveAs'
  | 'responseActions'
  | 'parallelPages'
>;

/**
 * Says why the pages of a list are requested one after another whatever `parallelPages` is; null
 * where they need not be. For messages: `… because <reason>`.
 */
export function sequentialReason({
  method = 'GET',
  repeatable,
  paginator,
  incremental,
  maxPages,
  saveAs,
  responseActions = [],
}: Parts): string | null {
  if (!counts(paginator)) return 'the paginator takes each position from the page before it';
  if (repeatable === false) return '`repeatable: false` says that its requests change something';
  if (method === 'POST' && repeatable !== true)
    return 'a POST may change something (`repeatable: true` says that it only reads)';
  if (maxPages !== undefined) return '`maxPages` limits how many are requested';
  if (canStop(incremental))
    return '`incremental.rowOrder` ends the list at a page that shows its end';
  if (saveAs !== undefined) return 'a response that is saved is a list of its own';
  return responseActions.some(hasFunction)
    ? 'a function in `responseActions` takes responses in their order'
    : null;
}

/** True where the next position is known without the page, and where the first page decides. */
function counts(paginator: Parts['paginator']): boolean {
  if (typeof paginator === 'function') return false;
  const { config = paginator } = Object(paginator) as { config?: unknown };
  const type =
    typeof paginator === 'string' ? paginator : (Object(config) as { type?: unknown }).type;
  return paginator === undefined || ['auto', 'offset', 'pageNumber'].includes(String(type));
}

function canStop({
  rowOrder,
  endValue,
}: NonNullable<Parts['incremental']> | Record<string, never> = {}): boolean {
  return rowOrder === 'desc' || (rowOrder === 'asc' && endValue !== undefined);
}

function hasFunction(action: NonNullable<Parts['responseActions']>[number]): boolean {
  if (typeof action === 'function') return true;
  return 'action' in action && [action.action].flat().some((one) => typeof one === 'function');
}
