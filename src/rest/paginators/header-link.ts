import type { Paginator } from './paginator.js';

/** Pages by the `Link` header (RFC 8288), relation `rel`. @default rel 'next' */
export function headerLink({ rel = 'next' }: { rel?: string } = {}): Paginator {
  return {
    paths: [],
    first: {},
    next({ header }) {
      const url = linkOf(header('link') ?? '', rel);
      return url === null ? null : { url };
    },
  };
}

/** The target of the first link with this relation; null where there is none. Commas and semicolons inside `<…>` and quotes are text. */
export function linkOf(header: string, rel: string): string | null {
  for (const [, url = '', parameters = ''] of header.matchAll(/<([^>]*)>((?:\s*;\s*[^,;="]+(?:=(?:"(?:[^"\\]|\\.)*"|[^,;"]*))?)*)/g)) {
    const [, quoted, bare] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters) ?? [];
    if ((quoted ?? bare ?? '').toLowerCase().split(/\s+/).includes(rel.toLowerCase())) return url;
  }
  return null;
}
