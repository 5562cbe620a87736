import type { ResumedRun, SourcePage } from 'sluice';

/** What a load that is resumed knows of its first pages, as its tables keep it. */
export function resumedFrom(pages: readonly SourcePage[]): ResumedRun {
  const lists = new Map<string, ResumedRun['lists'][number]>();
  const selectors: Record<string, string> = {};
  for (const { resource, index: page, next: made, position, place, selector } of pages) {
    if (place === undefined) continue;
    const { list } = place;
    const next = position?.() ?? made;
    lists.set(JSON.stringify([resource, list]), { resource, list, page, next });
    if (typeof selector === 'string') selectors[resource] = selector;
  }
  return {
    lists: [...lists.values()],
    parents: pages.flatMap(({ resource, place }) =>
      place?.parents === undefined
        ? []
        : [{ resource, page: place.parents.page, rows: place.parents.rows }],
    ),
    selectors,
    start: {},
  };
}
