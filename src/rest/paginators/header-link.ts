import { checkedOptions } from '../shape/checked-options.js';
import { type HeaderLinkConfig, paginatorShapes } from './paginator-config.js';
import type { Paginator } from './paginator.js';

/** Pages by the `Link` header (RFC 8288). Ends when no link has the relation. */
export function headerLink(options: HeaderLinkConfig = {}): Paginator {
  const config = checkedOptions('headerLink()', options, paginatorShapes.headerLink);
  const { rel = 'next', stopAfterEmptyPage = false } = config;
  return {
    paths: [],
    first: {},
    pageSize: null,
    followsApi: true,
    config: { type: 'headerLink', ...config },
    next({ header, rows }) {
      if (stopAfterEmptyPage && rows === 0) return { end: 'empty' };
      const url = linkOf(header('link') ?? '', rel);
      return url === null ? { end: 'no-next' } : { url };
    },
  };
}

/**
 * The target of the first link with this relation; null where there is none. Commas and semicolons
 * inside `<…>` and quotes are text, relations are compared without case, and of several `rel` the
 * first counts (RFC 8288 §3, §3.3). Single quotes are quotes too, and a single link may lack its
 * `<…>`, as in Python's requests: the list would end there, and count as whole.
 */
export function linkOf(header: string, rel: string): string | null {
  const links = header.includes('<') ? header : header.replace(BARE, '<$1>');
  for (const [, url = '', parameters = ''] of links.matchAll(LINK)) {
    const relation = [...parameters.matchAll(PARAMETER)].find(
      ([, name = '']) => name.toLowerCase() === 'rel',
    );
    const relations = relation?.[2] ?? relation?.[3] ?? relation?.[4] ?? '';
    if (relations.toLowerCase().split(/\s+/).includes(rel.toLowerCase())) return url;
  }
  return null;
}

const LINK = /<([^>]*)>((?:[^",<]|"(?:[^"\\]|\\.)*")*)/g;
const PARAMETER = /;\s*([^\s=;,"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s;,"]*)))?/g;
const BARE = /^\s*([^\s;]+)/;
