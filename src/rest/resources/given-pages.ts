import { NO_ROWS } from '../../../operators/json/no-rows.js';
import { rowPages } from '../../run/row-pages.js';
import type { RunContext, SourceEvent, SourcePage } from '../../run/source.js';
import { STATE_ONLY } from '../pages/rows/no-rows.js';
import type { ResolvedResource } from './resolve-resources.js';
import type { StoppedList } from './resumed-lists.js';

/**
 * The pages of rows that a config gives. A run that is resumed passes over those that were
 * committed before the stop; nothing comes of rows that all were.
 */
export async function* givenPages(
  resource: string,
  data: NonNullable<ResolvedResource['data']>,
  { observe, isResumable = false }: Pick<RunContext, 'observe' | 'isResumable'>,
  stopped: StoppedList | undefined,
): AsyncGenerator<SourcePage> {
  if (stopped?.next === null) return;
  let events: SourceEvent[] = [];
  let count = 0;
  const from = stopped === undefined ? 0 : stopped.page + 1;
  const pages = rowPages(resource, data, 'data', (event) => {
    if (event.kind === 'page' && event.index < from) return;
    events.push(event);
    observe(event);
  });
  const place = { list: '', under: null };
  for await (const page of pages) {
    count += 1;
    if (!isResumable) yield page;
    else if (page.index >= from) yield { ...page, next: { page: count }, place, events };
    events = [];
  }
  if (isResumable)
    yield {
      resource,
      parent: null,
      index: count,
      body: STATE_ONLY,
      rows: NO_ROWS,
      next: null,
      stamp: null,
      state: null,
      place,
      events,
    };
}
