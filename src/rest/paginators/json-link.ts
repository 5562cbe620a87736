import type { Paginator } from './paginator.js';

/** Pages by an address in the body; relative ones count from the page's own. Ends when it is missing, null or empty. @default nextUrlPath 'next' */
export function jsonLink({ nextUrlPath = 'next' }: { nextUrlPath?: string } = {}): Paginator {
  return {
    paths: [nextUrlPath],
    first: {},
    next: ({ values: [url] }) => (typeof url === 'string' && url !== '' ? { url } : null),
  };
}
