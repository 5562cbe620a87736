import { printJson } from '../../../operators/json/print-json.js';
import { valueAtPath } from '../../../operators/json/value-at.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import { ConfigError } from '../../errors.js';
import { joinUrl } from '../http/url.js';
import { secretsIn } from '../secrets/redact.js';
import { checkedOptions } from '../shape/checked-options.js';
import { msUntil, msUntilDate } from '../throttle/header-values.js';
import { authShapes, type SessionTokenConfig } from './auth-config.js';
import type { Auth, RenewalContext } from './auth.js';
import { fromSettings } from './from-settings.js';
import { header as headerAuth } from './header.js';
import { requestToken } from './request-token.js';
import { type Token, tokenAuth } from './token-auth.js';

/**
 * Logs in when the first request needs it, and sends the session's token with each request. There
 * is a new login a margin before the session's end, and once for a request that gets a 401;
 * however many wait, there is one.
 *
 * @example sessionToken({ login: { path: '/login', json: { username: 'me', password: null } },
 * tokenPath: 'token' })
 */
export function sessionToken(options: SessionTokenConfig): Auth {
  const config = checkedOptions('sessionToken()', options, authShapes.sessionToken);
  const {
    login,
    header = 'Authorization',
    template = 'Bearer {token}',
    marginSeconds = 60,
  } = config;
  if ((login.url === undefined) === (login.path === undefined))
    throw new ConfigError(
      'sessionToken needs either login.url or login.path, the address of the login.',
    );
  if (login.json !== undefined && login.data !== undefined)
    throw new ConfigError('sessionToken takes login.json or login.data, not both.');
  if (!template.includes('{token}'))
    throw new ConfigError(
      'The template of sessionToken must hold {token}, the place of the token.',
    );
  const body = Object.entries(login.json ?? login.data ?? {});
  const left = Object.fromEntries(
    body.flatMap(([name, value]): [string, undefined][] =>
      value === null || value === undefined ? [[name, undefined]] : [],
    ),
  );
  return fromSettings<Record<string, string | undefined>>(left, (found) => {
    const full = { ...login.json, ...login.data, ...found };
    return tokenAuth({
      get: (context) => getToken(config, full, context),
      put: (token, request) =>
        headerAuth(
          header,
          template.replaceAll('{token}', () => token),
        ).apply(request),
      secrets: () => [...secretsIn(login.headers ?? {}), ...textsOf(full)],
      marginSeconds,
    });
  });
}

async function getToken(
  { login, tokenPath, expiresPath }: SessionTokenConfig,
  full: Readonly<Record<string, Json | undefined>>,
  context: RenewalContext,
): Promise<Token> {
  const { url, path, method = 'POST', json, data, headers } = login;
  const target = url === undefined ? joinUrl(context.baseUrl, path ?? '') : new URL(url);
  const payload =
    json !== undefined
      ? { type: 'application/json', body: printJson(full) }
      : data !== undefined
        ? {
            type: 'application/x-www-form-urlencoded',
            body: String(new URLSearchParams(full as Record<string, string>)),
          }
        : null;
  const startedAt = Date.now();
  const spec = {
    method,
    url: target,
    headers: { ...(payload && { 'content-type': payload.type }), ...headers },
    ...(payload && { body: payload.body }),
  };
  const { content, responseError } = await requestToken(spec, context);
  const token = valueAtPath(content, tokenPath);
  if ((typeof token !== 'string' && typeof token !== 'number') || token === '')
    throw responseError(
      `has no token at ${tokenPath}; found ${Object.keys(Object(content) as object).join(', ') || 'nothing'}`,
    );
  return {
    value: String(token),
    lifetimeMs:
      expiresPath === undefined ? null : lifetimeMs(valueAtPath(content, expiresPath), startedAt),
  };
}

/** The time to an end of any form. One that is over is ignored: clocks differ. */
function lifetimeMs(end: Json | undefined, now: number): number | null {
  if (typeof end !== 'string' && typeof end !== 'number') return null;
  const number = Number(end);
  const left = Number.isNaN(number) ? msUntilDate(String(end), now) : msUntil(number, now);
  return left !== null && left > 0 ? left : null;
}

const NO_SECRET =
  /^(user|user_?name|user_?id|login|e-?mail|account|tenant|client_?id|grant_?type|scope|type)$/i;

/** All texts of a login are secrets, but for those that name who logs in. */
function textsOf(body: Readonly<Record<string, Json | undefined>>): string[] {
  return Object.entries(body).flatMap(([name, value]) => {
    if (typeof value === 'object' && value !== null) return textsOf(value as JsonObject);
    return NO_SECRET.test(name) || (typeof value !== 'string' && typeof value !== 'number')
      ? []
      : [String(value)];
  });
}
