import type { Paginator } from './paginator.js';

/** Whether a paginator counts rows or pages, so that rows which others move can be missed. */
export function countsPositions({ config }: Paginator): boolean {
  return config?.type === 'offset' || config?.type === 'pageNumber';
}
