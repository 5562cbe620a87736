import type { JsonObject } from '../../../operators/types.js';
import { ConfigError } from '../../errors.js';
import type { OAuth2Config } from './auth-config.js';
import type { Auth, RenewalContext } from './auth.js';
import { bearer } from './bearer.js';
import { requestToken } from './request-token.js';
import { type Token, tokenAuth } from './token-auth.js';

/** One grant: its address, its client and its fields. */
export interface Grant {
  accessTokenUrl: string;
  clientId: string | null;
  clientSecret: string | null;
  /** Fields of the token request, `grant_type` among them; read anew each time. */
  fields: () => Readonly<Record<string, string>>;
  /** Fields that must never be shown; may grow. */
  secrets: readonly string[];
  /** Called with the content of each token response. */
  onResponse?: (response: JsonObject) => void | Promise<void>;
}

/**
 * Bearer authorization with tokens got by an OAuth 2 grant (RFC 6749 §4–6). ConfigError for an
 * address that is none.
 */
export function oauth2Token(config: OAuth2Config, grant: Grant): Auth {
  const { clientAuth = 'body', marginSeconds = 60, accessToken } = config;
  if (!URL.canParse(grant.accessTokenUrl) || !/^https?:/i.test(grant.accessTokenUrl))
    throw new ConfigError(
      'accessTokenUrl must be the http(s) address that tokens are requested from.',
    );
  const client = clientAuth === 'basic' ? inHeader(grant) : inBody(grant);
  return tokenAuth({
    get: (context) => getToken(config, grant, client, context),
    put: (token, request) => bearer(token).apply(request),
    secrets: () => [...client.secrets, ...grant.secrets],
    marginSeconds,
    initial: accessToken,
  });
}

/** How a token request identifies its client. */
interface ClientProof {
  fields: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string>>;
  secrets: readonly string[];
}

function inBody({ clientId, clientSecret }: Grant): ClientProof {
  const fields = {
    ...(clientId !== null && { client_id: clientId }),
    ...(clientSecret !== null && { client_secret: clientSecret }),
  };
  return { fields, headers: {}, secrets: clientSecret === null ? [] : [clientSecret] };
}

/** RFC 6749 §2.3.1: both are encoded as form fields are, before they become a Basic header. */
function inHeader({ clientId, clientSecret }: Grant): ClientProof {
  const [user, password] = [clientId, clientSecret].map((text) =>
    new URLSearchParams([['', text ?? '']]).toString().slice(1),
  );
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return {
    fields: {},
    headers: { authorization },
    secrets: [
      authorization,
      authorization.slice('Basic '.length),
      ...(clientSecret === null ? [] : [clientSecret]),
    ],
  };
}

async function getToken(
  config: OAuth2Config,
  { accessTokenUrl, fields, onResponse }: Grant,
  client: ClientProof,
  context: RenewalContext,
): Promise<Token> {
  const { scope, accessTokenRequestData, defaultTokenExpiration = 3600 } = config;
  const form = new URLSearchParams({
    ...fields(),
    ...client.fields,
    ...(scope !== undefined && { scope }),
    ...accessTokenRequestData,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...client.headers };
  const { content, responseError } = await requestToken(
    { method: 'POST', url: new URL(accessTokenUrl), headers, body: String(form) },
    context,
  );
  const response = Object(content) as JsonObject;
  const token = response['access_token'];
  if (typeof token !== 'string' || token === '')
    throw responseError(
      `has no access_token; found ${Object.keys(response).join(', ') || 'nothing'}`,
    );
  await onResponse?.(response);
  const seconds = Number(response['expires_in'] ?? 0);
  return { value: token, lifetimeMs: (seconds > 0 ? seconds : defaultTokenExpiration) * 1000 };
}
