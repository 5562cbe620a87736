import type { Notes } from './notes.js';

/**
 * A path that repeats the path of the base URL, so that it is not doubled: `api/v1/runs` under
 * `https://…/api/v1` becomes `/api/v1/runs`, which `joinUrl` does not double. dlt glues them
 * together, which no API knows.
 */
export function underBase(path: string, baseUrl: string, where: string, notes: Notes): string {
  const base = URL.canParse(baseUrl) ? new URL(baseUrl).pathname.replace(/\/+$/, '') : '';
  const rooted = `/${path.replace(/^\/+/, '')}`;
  const repeats =
    base !== '' &&
    !/^https?:\/\//.test(path) &&
    (rooted === base || rooted.startsWith(`${base}/`) || rooted.startsWith(`${base}?`));
  if (!repeats) return path.replace(/^\/+/, '');
  notes.notice(
    where,
    `\`${base}\` is in base_url too; it is requested once, where dlt would request \`${base}${rooted.split('?')[0]}\`.`,
  );
  return rooted;
}
