import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';

/** A Postgres server of its own. */
export interface PostgresServer {
  /** The folder of its socket, by which its user `postgres` reaches it without a password. */
  host: string;
  /** Ends it, and removes all that it has. */
  stop: () => void;
}

/** Whether {@link startPostgres} finds a server's programs. */
export function hasPostgres(): boolean {
  return binaries() !== null;
}

/** Starts a server whose data are in a new folder, and not on the disk when it says so. */
export function startPostgres(): PostgresServer {
  const bin = binaries();
  if (bin === null) throw new Error('There is no Postgres.');
  // Its user may not enter folders for temporary files that are root's.
  const folder = mkdtempSync('/tmp/sluice-pg-');
  // Postgres does not run as root.
  const id = (which: string): number => Number(execFileSync('id', [which, 'postgres']));
  const user = process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const run = (program: string, ...parameters: string[]): void => {
    // A server that inherits a pipe keeps it open.
    const { status } = spawnSync(join(bin, program), parameters, {
      ...user,
      cwd: folder,
      stdio: 'ignore',
    });
    if (status !== 0) throw new Error(`${program} failed`);
  };
  const data = join(folder, 'data');
  run('initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync');
  const settings = `-k ${folder} -c listen_addresses= -c fsync=off -c unix_socket_permissions=0777`;
  run('pg_ctl', '-D', data, '-o', settings, '-l', join(folder, 'log'), '-w', 'start');
  return {
    host: folder,
    stop() {
      run('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
      rmSync(folder, { recursive: true });
    },
  };
}

/** The newest server that Debian's packages, or the path, have. */
function binaries(): string | null {
  const found = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(DEBIAN, version, 'bin'))
    : [];
  const path = (process.env['PATH'] ?? '').split(':');
  return [...found, ...path].find((bin) => existsSync(join(bin, 'initdb'))) ?? null;
}
