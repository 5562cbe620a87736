import { ConfigError } from '../../../errors.js';

/** The parts of an address of MotherDuck. */
export interface MotherduckAddress {
  /** Name of the database, which must be there. */
  database?: string;
  /** The access token. Never shown. @default `MOTHERDUCK_TOKEN`, or `motherduck_token` */
  token?: string;
  /** Further parameters of the connection, such as `session_name`. @default those of the address */
  options?: Readonly<Record<string, string>>;
}

/**
 * The parts of an address: a name, `md:name`, or dlt's `md:///name`, and parameters behind a `?`.
 *
 * Errors: ConfigError, which does not show it: it may hold a token.
 */
export function motherduckParts(address: string): MotherduckAddress {
  const [, database = '', query = ''] =
    /^(?:(?:md|motherduck):(?:\/{2,3})?)?([^:/?]*)(?:\?(.*))?$/i.exec(address.trim()) ?? [];
  if (database === '')
    throw new ConfigError(
      'motherduck() takes the name of a database, an address such as md:shop, or an object with its parts.',
    );
  const {
    token: short,
    motherduck_token: token = short,
    ...options
  } = Object.fromEntries(new URLSearchParams(query));
  return {
    database,
    ...(token !== undefined && token !== '' && { token }),
    ...(Object.keys(options).length > 0 && { options }),
  };
}
