import {
  checked,
  type Fields,
  map,
  name,
  secret,
  text,
  whole,
} from '../../../../operators/settings/shape.js';
import { ConfigError } from '../../../errors.js';
import { identifier } from '../../sql/identifier.js';
import { literal } from '../literal.js';
import type { PostgresAddress } from './address-parts.js';
import type { PostgresServer } from './postgres-database.js';

/** Would be in DuckDB's list of databases, and in its errors. */
const UNSAFE = /^(?:sslpassword|passfile|oauth_client_secret)$/;
/** What libpq calls the parts that have options of their own. */
const PART = /^(?:host|port|dbname|user|password)$/;

/** A whole address in the place of a part of it would be shown with its password. */
const part = (address: RegExp): typeof name =>
  checked(name, (text: string) => {
    if (address.test(text))
      throw new ConfigError(
        'it holds a whole address. Give that as the address, or each part of it by itself.',
      );
  });

/** The options that an address is made of. */
export const ADDRESS_FIELDS: Fields<PostgresAddress> = {
  host: part(/:\/\/|@/),
  port: whole(1),
  database: part(/:\/\//),
  user: name,
  password: secret(text),
  options: checked(map(text), (options: Record<string, string>) => {
    const keys = Object.keys(options);
    const unsafe = keys.find((key) => UNSAFE.test(key));
    if (unsafe !== undefined)
      throw new ConfigError(
        `${unsafe} cannot be kept secret there. Use a key without a password, or libpq's environment variables.`,
      );
    const own = keys.find((key) => PART.test(key));
    if (own !== undefined)
      throw new ConfigError(
        `${own} has an option of its own. Give \`${own === 'dbname' ? 'database' : own}\` beside \`options\`.`,
      );
    if (keys.some((key) => !/^\w+$/.test(key)))
      throw new ConfigError('names of settings are letters, digits and `_`.');
  }),
};

/** Errors: ConfigError where the database has no name. `what`: the function, as it is called. */
export function postgresServer(
  what: string,
  { host, port, database, user, password, options = {} }: PostgresAddress,
): PostgresServer {
  if (database === undefined)
    throw new ConfigError(
      `${what} needs the name of a database: postgres://user@host/database, or \`database\`.`,
    );
  const secrets = {
    HOST: host,
    PORT: port === undefined ? undefined : String(port),
    DATABASE: database,
    USER: user,
    PASSWORD: password,
  };
  return {
    secret: Object.fromEntries(
      Object.entries(secrets).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value]],
      ),
    ),
    options,
    location: `postgres:${host ?? ''}${port === undefined ? '' : `:${port}`}/${database}`,
  };
}

/** SQL that makes a secret of DuckDB's of a server, under this name. */
export function createServerSecret(secret: string, server: PostgresServer): string {
  const members = Object.entries(server.secret)
    .map(([key, value]) => `${key} ${literal(value)}`)
    .join(', ');
  return `CREATE SECRET ${identifier(secret)} (TYPE postgres, ${members})`;
}

/** Settings of libpq as one text, which is what is attached. */
export function settingsText({ options }: PostgresServer): string {
  // In a database of another encoding, text would be taken for what it is not.
  return Object.entries({ ...options, client_encoding: 'UTF8' })
    .map(([key, value]) => `${key}='${value.replaceAll(/['\\]/g, '\\$&')}'`)
    .join(' ');
}

/** What libpq says of a server that cannot be reached, without how it was reached. */
export function connectionProblem({ message }: Error): string {
  return message.replace(/^.*?Unable to connect to Postgres at "[^"]*": /s, '').trim();
}
