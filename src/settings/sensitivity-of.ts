import type { Sensitivity } from './place.js';

const SECRETS: readonly string[] = [
  'token',
  'access_token',
  'refresh_token',
  'api_key',
  'password',
  'client_secret',
  'private_key',
  'private_key_passphrase',
];

/**
 * Returns what a field of an authorization is: `secret` for one that is known to be, else
 * `credential`, since user names and client ids are often public.
 */
export function sensitivityOf(key: string): Sensitivity {
  return SECRETS.includes(key) ? 'secret' : 'credential';
}
