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
 * Returns `secret` for a field of an authorization that is known to be secret, else `credential`:
 * user names and client ids are often public.
 */
export function sensitivityOf(key: string): Sensitivity {
  return SECRETS.includes(key) ? 'secret' : 'credential';
}
