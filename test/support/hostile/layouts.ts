/** Rows on each page of a list, as the service cuts it. */
export interface Layout {
  name: string;
  pages: readonly number[];
}

/** Rows on a full page. */
export const PAGE = 3;

export const layouts: readonly Layout[] = [
  { name: 'a short last page', pages: [PAGE, PAGE, 2] },
  { name: 'an exactly full last page', pages: [PAGE, PAGE] },
  { name: 'one page', pages: [2] },
  { name: 'no rows', pages: [0] },
  { name: 'an empty first page', pages: [0, PAGE, 1] },
  { name: 'an empty middle page', pages: [PAGE, 0, 2] },
];

/** True for a list that is cut by counting: every page but the last is full. */
export function isRegular({ pages }: Layout): boolean {
  return pages.slice(0, -1).every((rows) => rows === PAGE);
}
