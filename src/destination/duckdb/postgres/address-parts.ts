import { ConfigError } from '../../../errors.js';

/** The parts of an address of Postgres. */
export interface PostgresAddress {
  /** Name or address of the server, or the folder of its socket. @default `PGHOST` */
  host?: string;
  /** @default `PGPORT`, or 5432 */
  port?: number;
  /** Name of the database, which must be there. */
  database?: string;
  /** @default `PGUSER`, or the user of the system */
  user?: string;
  /** Never shown. @default `PGPASSWORD`, or what libpq's password file has */
  password?: string;
  /** Further settings of libpq, such as `sslmode`. @default those of the address */
  options?: Readonly<Record<string, string>>;
}

/** Parts of an address that have an option of their own. */
const PARTS: Readonly<Record<string, keyof PostgresAddress>> = {
  host: 'host',
  dbname: 'database',
  user: 'user',
  password: 'password',
};

function isNoSetting(key: string): boolean {
  return !/^\w+$/.test(key);
}

/** The parts of an address. Errors: ConfigError, which does not show it: it may hold a password. */
export function addressParts(address: string): PostgresAddress {
  try {
    return partsOf(new URL(address));
  } catch {
    throw new ConfigError(
      'postgres() takes an address such as postgres://user@host:5432/database, or an object with its parts. In an address, `%`, `@`, `/`, `?` and `#` of a password are written %25, %40, %2F, %3F and %23.',
    );
  }
}

/**
 * Errors: where it is an address of something else, a part of it cannot be decoded, or a password
 * that is not encoded has ended up in another part, which would be shown.
 */
function partsOf(url: URL): PostgresAddress {
  const { hostname, port, pathname, username, password, searchParams, hash } = url;
  const isMisread =
    hash !== '' || /[/@]/.test(pathname.slice(1)) || [...searchParams.keys()].some(isNoSetting);
  if (!/^postgres(?:ql)?:$/.test(url.protocol) || isMisread) throw new TypeError(url.protocol);
  const own: [string, string][] = [
    ['host', hostname.replace(/^\[(.*)\]$/, '$1')],
    ['database', pathname.slice(1)],
    ['user', username],
    ['password', password],
  ];
  const more = [...searchParams].map(([key, value]): [string, string] => [
    PARTS[key] ?? key,
    value,
  ]);
  const isPart = ([key]: [string, string]): boolean => Object.values<string>(PARTS).includes(key);
  const options = more.filter((pair) => !isPart(pair) && pair[0] !== 'port');
  return {
    ...Object.fromEntries(
      own
        .filter(([, value]) => value !== '')
        .map(([key, value]) => [key, decodeURIComponent(value)]),
    ),
    ...Object.fromEntries(more.filter(isPart)),
    ...((port || searchParams.has('port')) && { port: Number(port || searchParams.get('port')) }),
    ...(options.length > 0 && { options: Object.fromEntries(options) }),
  };
}
