import type { PaginatorConfig } from '../paginator-config.js';
import { paginatorOf } from '../paginator-of.js';
import type { Paginator } from '../paginator.js';

/** How the list goes on after its first page. */
export interface Detected {
  paginator: Paginator;
  /** One sentence for people: what was seen, and what was chosen. */
  why: string;
  /**
   * It holds for later runs too, and may be kept. False where the page shows too little: a list
   * that grows may page tomorrow.
   */
  lasting: boolean;
  /**
   * The API says that there is more than this page, and not how to request it: the paginator is
   * `single`.
   */
  incomplete: boolean;
  /** Rows that the request itself asks for on a page; null where it does not. */
  size: number | null;
}

/** @param lasting @default true @param size @default null */
export function detected(
  config: Exclude<PaginatorConfig, { type: 'auto' }>,
  why: string,
  {
    lasting = true,
    incomplete = false,
    size = null,
  }: Partial<Pick<Detected, 'lasting' | 'incomplete' | 'size'>> = {},
): Detected {
  return { paginator: paginatorOf(config) as Paginator, why, lasting, incomplete, size };
}
