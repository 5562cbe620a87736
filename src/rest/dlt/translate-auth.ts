import { givenMembers } from '../../../operators/settings/given-members.js';
import type { AuthConfig, AuthName } from '../auth/auth-config.js';
import type { DltObject } from './dlt-object.js';
import { type Notes, renamed } from './notes.js';

/**
 * dlt's `auth` (a dict or a type's name) as ours. What is missing is read from the settings, under
 * the names that dlt has for it.
 */
export function translateAuth(
  auth: string | DltObject,
  path: string,
  notes: Notes,
): AuthConfig | AuthName | undefined {
  const { type = 'bearer', ...config } =
    typeof auth === 'string' ? { type: auth } : givenMembers(auth);
  switch (type) {
    case 'bearer':
      return { type: 'bearer', ...renamed(config, { token: 'token' }) };
    case 'api_key': {
      const { location } = config as { location?: string };
      return {
        type: 'apiKey',
        ...renamed(config, { api_key: 'key', name: 'name' }),
        ...(location !== undefined && {
          location: (location === 'param' ? 'query' : location) as 'header' | 'query' | 'cookie',
        }),
      };
    }
    case 'http_basic':
      if (config['api_key'] === undefined)
        return {
          type: 'httpBasic',
          ...renamed(config, { username: 'username', password: 'password' }),
        };
      notes.notice(
        `${path}.api_key`,
        'http_basic has no api_key in dlt, which refuses it; it is taken as the user name, with an empty password unless one is given.',
      );
      return {
        type: 'httpBasic',
        username: config['api_key'] as string,
        password: (config['password'] as string | undefined) ?? '',
      };
    default: {
      const { access_token_url: accessTokenUrl } = config as { access_token_url?: string };
      if (accessTokenUrl === undefined) {
        notes.problem(
          typeof auth === 'string' ? path : `${path}.access_token_url`,
          'oauth2_client_credentials needs access_token_url, the address that tokens are requested from.',
        );
        return undefined;
      }
      return {
        type: 'oauth2ClientCredentials',
        accessTokenUrl,
        ...renamed(config, {
          client_id: 'clientId',
          client_secret: 'clientSecret',
          access_token_request_data: 'accessTokenRequestData',
          default_token_expiration: 'defaultTokenExpiration',
          access_token: 'accessToken',
        }),
      };
    }
  }
}
