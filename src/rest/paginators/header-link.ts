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
    next({ header, rows, url: page }) {
      if (stopAfterEmptyPage && rows === 0) return { end: 'empty' };
      const url = linkOf(header('link') ?? '', rel, page);
      return url === null ? { end: 'no-next' } : { url };
    },
  };
}

/**
 * The target of the first link from a page with this relation; null where there is none. Links
 * whose `anchor` is another address are not the page's. Commas and semicolons inside `<…>` and
 * quotes are text, relations are compared without case, and of several `rel` the first counts (RFC
 * 8288 §3, §3.2, §3.3). Single quotes are quotes too, and a single link may lack its `<…>`, as in
 * Python's requests: the list would end there, and count as whole.
 */
export function linkOf(header: string, rel: string, page: URL): string | null {
  const links = header.includes('<') ? header : header.replace(BARE, '<$1>');
  for (const [, url = '', parameters = ''] of links.matchAll(LINK)) {
    const given = [...parameters.matchAll(PARAMETER)];
    const relations = valueOf(given, 'rel') ?? '';
    if (!relations.toLowerCase().split(/\s+/).includes(rel.toLowerCase())) continue;
    const anchor = valueOf(given, 'anchor');
    if (anchor === null || isSame(anchor, page)) return url;
  }
  return null;
}

/** The value of the first parameter with this name; null where there is none. */
function valueOf(parameters: readonly RegExpExecArray[], wanted: string): string | null {
  const found = parameters.find(([, name = '']) => name.toLowerCase() === wanted);
  return found === undefined ? null : (found[2] ?? found[3] ?? found[4] ?? '');
}

function isSame(anchor: string, { href }: URL): boolean {
  return URL.canParse(anchor, href) && new URL(anchor, href).href === href;
}

const LINK = /<([^>]*)>((?:[^",<]|"(?:[^"\\]|\\.)*")*)/g;
const PARAMETER = /;\s*([^\s=;,"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s;,"]*)))?/g;
const BARE = /^\s*([^\s;]+)/;
