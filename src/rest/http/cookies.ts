import type { CookieJar } from 'tough-cookie';
import type { ResponseHeaders } from './messages.js';

/** The cookies that servers set during a run, as a browser keeps them (RFC 6265). */
export interface Cookies {
  /**
   * The `Cookie` header of a request: `own`, and those of the jar that are meant for the address.
   * Where both have a name, `own` counts. Undefined for none.
   */
  headerFor(url: URL, own: string | undefined): string | undefined;
  /** Keeps what a response sets; what its address may not set is left out. */
  take(url: URL, headers: ResponseHeaders): Promise<void>;
  /** The values that are kept: they are secrets. */
  values(): string[];
}

/**
 * An empty jar. Servers on one host with different ports do not share cookies here: what one of
 * them says is none of the other's.
 */
export function cookieJar(): Cookies {
  const jars = new Map<string, CookieJar>();
  return {
    headerFor(url, own) {
      const kept = jars.get(url.port)?.getCookiesSync(url.href) ?? [];
      const names = new Set((own ?? '').split(/;\s*/).map((one) => one.split('=', 1)[0]));
      const added = kept.filter(({ key }) => !names.has(key)).map((one) => one.cookieString());
      const parts = [...(own === undefined || own === '' ? [] : [own]), ...added];
      return parts.length === 0 ? undefined : parts.join('; ');
    },
    async take(url, headers) {
      const lines = setCookies(headers);
      if (lines.length === 0) return;
      // Most APIs set none, and the list of public suffixes takes a while to load.
      const { CookieJar: Jar } = await import('tough-cookie');
      const jar = jars.get(url.port) ?? new Jar(undefined, { looseMode: true });
      jars.set(url.port, jar);
      for (const line of lines) jar.setCookieSync(line, url.href, { ignoreError: true });
    },
    values: () =>
      [...jars.values()].flatMap(
        (jar) => jar.serializeSync()?.cookies.flatMap(({ value }) => value ?? []) ?? [],
      ),
  };
}

/** All `Set-Cookie` lines of a response, of which dates have commas in them. */
function setCookies(headers: ResponseHeaders): readonly string[] {
  const joined = headers.get('set-cookie');
  if (joined === null) return [];
  const { getSetCookie, raw } = headers as ResponseHeaders & {
    getSetCookie?: () => string[];
    raw?: () => Record<string, string[] | undefined>;
  };
  return (
    getSetCookie?.call(headers) ??
    raw?.call(headers)['set-cookie'] ??
    joined.split(/,(?=\s*[^\s;,=]+=)/)
  );
}
