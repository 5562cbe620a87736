import { coassembleData, courseDetail, userTrackings } from './coassemble/data.js';
import { deletionRoutes } from './coassemble/deletions.js';
import { fileRoutes, scormManifest, STORAGE } from './coassemble/files.js';
import { listRoutes } from './coassemble/lists.js';
import { failure, notFound, PREFIX } from './coassemble/replies.js';
import type { Limits, ServiceDefinition } from './definition.js';
import { limiterFor, rollingWindow } from './limiter.js';
import { liveData } from './live-data.js';

const WORKSPACE = '4821';
const USER = 'u-4821';
const KEY = 'c0a55e3b1e'.padEnd(64, '0');

/**
 * Coassemble's headless API as documented: page/length from 0 (100 at most, silently), bare arrays,
 * 100 requests a minute and IP address, its error envelope.
 *
 * Quirks:
 * - `legacyAuth`: COASSEMBLE-V1-SHA256 instead of COASSEMBLE:.
 * - `legacyTrackings`: no course id needed.
 * - `basicPlan`: 403 for all trackings and usage.
 * - `lengthHonoured` (no clamp), `smallPages` (50 rows at most), `pageIgnored`, `newestFirst`
 * (lists the other way round).
 * - `wrapped`: lists come as `{ data: […] }`.
 * - `deletedAsNumber`: the filter `deleted` is 1 or 0 instead of true or false.
 * - `urlInJson`: course/url responds with `{ url }` instead of text.
 * - `scormRedirect`: packages are fetched from another host, without credentials.
 *
 * One course's package is refused (403, 48003), one's is large and comes without a length (48002).
 */
export function coassemble({ rateScale, rateWindowMs }: Limits): ServiceDefinition {
  const data = coassembleData();
  const limiter = limiterFor(() => rollingWindow(Math.round(100 * rateScale), rateWindowMs));
  return {
    credentials: { workspaceId: WORKSPACE, userId: USER, apiKey: KEY },
    data: liveData(data, {
      course: () => data.courses.map(courseDetail),
      course_scorm: () => scormManifest(data.courses),
      user_trackings: () =>
        data.users.flatMap(({ identifier }) =>
          userTrackings(data.trackings, identifier).map((row) => ({ identifier, ...row })),
        ),
    }),
    prefix: PREFIX,
    routes: { ...listRoutes(data), ...fileRoutes(data), ...deletionRoutes(data) },
    notFound: notFound('Endpoint'),
    wait: ({ address }, now) => limiter(address).take(now),
    limited: (seconds) => ({
      ...failure(429, 'TOO_MANY_REQUESTS', 'Too many requests.'),
      headers: { 'retry-after': String(seconds) },
    }),
    unauthorized: failure(401, 'UNAUTHORIZED', 'Invalid Authorization header.'),
    isAuthorized: ({ headers, path, quirks }) =>
      path.startsWith(`${STORAGE}/`) ||
      headers.authorization ===
        (quirks.has('legacyAuth')
          ? `COASSEMBLE-V1-SHA256 UserId=${USER}, UserToken=${KEY}`
          : `COASSEMBLE:${WORKSPACE}:${KEY}`),
  };
}
