import { ConfigError } from '../../errors.js';

const BASE = {
  name: 'base URL',
  whole: 'Give a base URL such as https://api.example.com/v1.',
  auth: 'auth: basic(user, password)',
};

/**
 * The base URL. ConfigError for one that is no address, or holds credentials.
 *
 * @param words what it is called, and what to give instead. @default those of a base URL
 */
export function checkedBase(baseUrl: string, words: typeof BASE = BASE): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  // The base may hold a password.
  const redacted = baseUrl.replace(/^(\w+:\/\/)?[^/]*@/, '$1***@').replace(/\?.*$/s, '');
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new ConfigError(`\`${redacted}\` is not an http address. ${words.whole}`);
  if (url.username !== '' || url.password !== '')
    throw new ConfigError(
      `The ${words.name} \`${redacted}\` holds a user or password. Give them as ${words.auth}.`,
    );
  return url;
}
