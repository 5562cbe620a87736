import { kindOf } from '../../../operators/settings/user-function.js';
import { ConfigError } from '../../errors.js';
import type { Auth } from './auth.js';
import { required } from './required.js';

/**
 * A complete header, for schemes of an API's own: `header('Authorization', 'COASSEMBLE:12:…')`.
 * `secrets`: parts of the value that are secret by themselves.
 */
export function header(name: string, value: string, secrets: readonly string[] = []): Auth {
  if (typeof name !== 'string' || !TOKEN.test(name))
    throw new ConfigError(
      `The name of a header must be letters, digits and \`!#$%&'*+-.^_|~\`; found ${kindOf(name)}.`,
    );
  required('value', value);
  // RFC 9110 §5.5: visible ASCII, spaces and tabs; the rest of Latin-1 is tolerated.
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
    throw new ConfigError(
      `The value of header ${name} has a line break or another character that no header can have. Look for one at the ends of the secret.`,
    );
  return {
    apply: ({ headers }) => void (headers[name.toLowerCase()] = value),
    secrets: [value, ...secrets],
  };
}

/** RFC 9110 §5.1: a field name is a token. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
