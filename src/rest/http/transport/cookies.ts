import type { CookieJar, SerializedCookieJar } from 'tough-cookie';
import type { ResponseHeaders } from '../messages.js';

/** The cookies that servers set during a run, as a browser keeps them (RFC 6265). */
export interface Cookies {
  /**
   * The `Cookie` header of a request: `own`, and those of the jar that are meant for the address.
   * Where both have a name, `own` counts. Undefined for none.
   */
  headerFor(url: URL, own: string | undefined): string | undefined;
  /**
   * Keeps the cookies that a response sets; those that its address may not set are ignored. Null
   * where it sets none.
   */
  take(url: URL, headers: ResponseHeaders): Promise<void> | null;
  /** The values of all cookies, for the redactor. */
  values(): string[];
}

/**
 * Cookies above which those that were not used for longest are dropped, as browsers do: a cookie
 * without `Path` belongs to the folder that set it, so that a fan-out gets one for each parent.
 */
const MOST_COOKIES = 300;

/**
 * An empty jar. Servers on one host with different ports do not share cookies here.
 */
export function cookieJar(): Cookies {
  /** By port; a jar holds up to so many cookies, as those that were set again are counted too. */
  const jars = new Map<string, { jar: CookieJar; upTo: number }>();
  return {
    headerFor(url, own) {
      if (jars.size === 0) return own === '' ? undefined : own;
      const kept = jars.get(url.port)?.jar.getCookiesSync(url.href) ?? [];
      const names = new Set((own ?? '').split(/;\s*/).map((one) => one.split('=', 1)[0]));
      const added = kept.filter(({ key }) => !names.has(key)).map((one) => one.cookieString());
      const parts = [...(own === undefined || own === '' ? [] : [own]), ...added];
      return parts.length === 0 ? undefined : parts.join('; ');
    },
    take(url, headers) {
      const lines = setCookies(headers);
      return lines.length === 0 ? null : keep(url, lines);
    },
    values: () =>
      [...jars.values()].flatMap(
        ({ jar }) => jar.serializeSync()?.cookies.flatMap(({ value }) => value ?? []) ?? [],
      ),
  };

  async function keep(url: URL, lines: readonly string[]): Promise<void> {
    // Most APIs set none, and the list of public suffixes takes a while to load.
    const { CookieJar: Jar } = await import('tough-cookie');
    const { jar, upTo } = jars.get(url.port) ?? {
      jar: new Jar(undefined, { looseMode: true }),
      upTo: 0,
    };
    for (const line of lines) jar.setCookieSync(line, url.href, { ignoreError: true });
    const isFull = upTo + lines.length > MOST_COOKIES;
    const kept = isFull ? latestUsed(jar, MOST_COOKIES / 2) : null;
    jars.set(
      url.port,
      kept === null
        ? { jar, upTo: upTo + lines.length }
        : { jar: Jar.deserializeSync(kept), upTo: kept.cookies.length },
    );
  }
}

/** The cookies of a jar that were sent or set last; null for a jar that cannot be read. */
function latestUsed(jar: CookieJar, count: number): SerializedCookieJar | null {
  const all = jar.serializeSync();
  if (all === undefined) return null;
  // Those of one millisecond keep the order in which they were set.
  const cookies = [...all.cookies].sort((a, b) => usedAt(a) - usedAt(b)).slice(-count);
  return { ...all, cookies };
}

function usedAt({ lastAccessed }: SerializedCookieJar['cookies'][number]): number {
  return Date.parse(String(lastAccessed)) || 0;
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
