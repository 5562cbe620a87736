import { createHash } from 'node:crypto';
import {
  apiKey,
  basic,
  bearer,
  customAuth,
  oauth2ClientCredentials,
  sessionToken,
  type ClientConfig,
} from 'sluice';

/** A request as a guard sees it. */
export interface Guarded {
  method: string;
  url: URL;
  header: (name: string) => string | undefined;
}

/**
 * The door of a service: who may come in, and how clients are told. One for each server, since some
 * count.
 */
export interface Guard {
  /** Told where the service is. */
  at?: (url: string) => void;
  /** Credentials of a client; wrong ones where requested. */
  auth: (wrong?: boolean) => ClientConfig['auth'];
  /** True for a request that may come in. */
  admits: (request: Guarded) => boolean;
  /** The response to a request for credentials; null for any other. */
  grants?: (request: Guarded, body: string) => { status: number; json: unknown } | null;
  /** Refuses what it gave so far: whoever comes with it needs new credentials. */
  expire?: () => void;
  /** Texts that must never be shown. */
  secrets: readonly string[];
}

export interface GuardKind {
  name: string;
  /** New credentials are got when old ones are refused. */
  renews: boolean;
  make: () => Guard;
}

const SECRET = 'k3y/with+signs';

export const guards: readonly GuardKind[] = [
  { name: 'no credentials', renews: false, make: () => stranger },
  {
    name: 'a bearer token',
    renews: false,
    make: () => byHeader('authorization', `Bearer ${SECRET}`, bearer),
  },
  {
    name: 'user and password',
    renews: false,
    make: () =>
      byHeader('authorization', `Basic ${Buffer.from(`me:${SECRET}`).toString('base64')}`, (key) =>
        basic('me', key),
      ),
  },
  {
    name: 'a key in a header',
    renews: false,
    make: () => byHeader('x-api-key', SECRET, (key) => apiKey({ key, name: 'X-Api-Key' })),
  },
  {
    name: 'a key in the query',
    renews: false,
    make: () => ({
      auth: (wrong) => apiKey({ key: key(wrong), name: 'api_key', location: 'query' }),
      admits: ({ url }) => url.searchParams.getAll('api_key').join() === SECRET,
      secrets: [SECRET, encodeURIComponent(SECRET)],
    }),
  },
  {
    name: 'a key in a cookie',
    renews: false,
    make: () =>
      byHeader('cookie', `sid=${SECRET}`, (key) =>
        apiKey({ key, name: 'sid', location: 'cookie' }),
      ),
  },
  {
    name: 'OAuth 2 client credentials',
    renews: true,
    make: () =>
      byToken(
        '/token',
        (body) => body.get('client_secret') === SECRET,
        (token) => ({ access_token: token, expires_in: 3600 }),
        (origin, wrong) =>
          oauth2ClientCredentials({
            accessTokenUrl: `${origin}/token`,
            clientId: 'app',
            clientSecret: key(wrong),
          }),
      ),
  },
  {
    name: 'a session',
    renews: true,
    make: () =>
      byToken(
        '/login',
        (body) => body.get('password') === SECRET,
        (token) => ({ session: { token } }),
        (_origin, wrong) =>
          sessionToken({
            login: { path: '/login', data: { user: 'me', password: key(wrong) } },
            tokenPath: 'session.token',
          }),
      ),
  },
  { name: 'a signature', renews: false, make: signed },
];

/** The door of another host: whoever brings credentials of any kind is not let in. */
export const stranger: Guard = {
  auth: () => undefined,
  admits: ({ header, url }) =>
    ['authorization', 'x-api-key', 'cookie', 'x-signature'].every(
      (name) => header(name) === undefined,
    ) && !url.searchParams.has('api_key'),
  secrets: [],
};

function key(wrong = false): string {
  return wrong ? 'wr0ng-key' : SECRET;
}

function byHeader(name: string, value: string, auth: (key: string) => ClientConfig['auth']): Guard {
  return {
    auth: (wrong) => auth(key(wrong)),
    admits: ({ header }) => header(name) === value,
    secrets: [SECRET, value.replace(/^\w+ /, '')],
  };
}

/** Tokens that are got, and good until they expire. */
function byToken(
  path: string,
  knows: (body: URLSearchParams) => boolean,
  respond: (token: string) => unknown,
  auth: (origin: string, wrong: boolean) => ClientConfig['auth'],
): Guard {
  const given: string[] = [];
  let expired = 0;
  let origin = '';
  return {
    at: (url) => (origin = url),
    auth: (wrong = false) => auth(origin, wrong),
    admits: ({ header }) =>
      given.slice(expired).some((token) => header('authorization') === `Bearer ${token}`),
    grants: ({ url, method }, body) => {
      if (url.pathname !== path) return null;
      if (method !== 'POST' || !knows(new URLSearchParams(body)))
        return { status: 401, json: { error: 'invalid_client' } };
      given.push(`t0ken-${given.length + 1}-of-this-server`);
      return { status: 200, json: respond(given.at(-1) as string) };
    },
    expire: () => (expired = given.length),
    get secrets() {
      return [SECRET, ...given];
    },
  };
}

/** Method, path and query are signed as they are sent. */
function signed(): Guard {
  const signature = (secret: string, { method, url }: { method: string; url: URL }): string =>
    createHash('sha256').update(`${secret} ${method} ${url.pathname}${url.search}`).digest('hex');
  return {
    auth: (wrong) =>
      customAuth(
        (request) => void (request.headers['x-signature'] = signature(key(wrong), request)),
        { secrets: [SECRET] },
      ),
    admits: (request) => request.header('x-signature') === signature(SECRET, request),
    secrets: [SECRET],
  };
}
