import { ConfigError } from '../../errors.js';

/** The base URL. ConfigError for one that is no address, or holds credentials. */
export function checkedBase(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  // The base may hold a password.
  const redacted = baseUrl.replace(/^(\w+:\/\/)?[^/]*@/, '$1***@').replace(/\?.*$/s, '');
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new ConfigError(
      `\`${redacted}\` is not an http address. Give a base URL such as https://api.example.com/v1.`,
    );
  if (url.username !== '' || url.password !== '')
    throw new ConfigError(
      `The base URL \`${redacted}\` holds a user or password. Give them as auth: basic(user, password).`,
    );
  return url;
}
