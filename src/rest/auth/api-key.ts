import { ConfigError } from '../../errors.js';
import { withParams } from '../http/url.js';
import { checkedOptions } from '../shape/checked-options.js';
import { type ApiKeyConfig, apiKeyShape } from './auth-config.js';
import type { Auth } from './auth.js';
import { fromSettings } from './from-settings.js';
import { header } from './header.js';
import { required } from './required.js';

/**
 * An API key in a header (`X-API-Key` …) or, where the API wants it so, in the query or a cookie.
 * ConfigError for one that is empty or cannot be sent there.
 */
export function apiKey(options: ApiKeyConfig = {}): Auth {
  const {
    key,
    name = 'Authorization',
    location = 'header',
  } = checkedOptions('apiKey()', options, apiKeyShape);
  return fromSettings({ apiKey: key }, ({ apiKey }) =>
    PLACES[location](name, required('key', apiKey)),
  );
}

const PLACES = {
  header,
  query: (name: string, key: string): Auth => ({
    apply: (request) => void (request.url = withParams(request.url, { [name]: key })),
    secrets: [key],
    params: [name],
  }),
  cookie,
};

/** A cookie among those that the request has; one of that name is replaced. */
function cookie(name: string, key: string): Auth {
  // RFC 6265 §4.1.1. A key with other characters would have to be encoded, and only the API knows
  // how.
  if (/[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/.test(key))
    throw new ConfigError(
      `The key for cookie ${name} has a character that no cookie can have (a space, comma, semicolon, quote, backslash or line break).`,
    );
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    throw new ConfigError(`\`${name}\` cannot be the name of a cookie.`);
  return {
    apply({ headers }) {
      const others = (headers['cookie'] ?? '')
        .split(/;\s*/)
        .filter((one) => one !== '' && !one.startsWith(`${name}=`));
      headers['cookie'] = [...others, `${name}=${key}`].join('; ');
    },
    secrets: [key],
  };
}
