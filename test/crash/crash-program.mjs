import { promises, writeSync } from 'node:fs';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { duckdb, DuckDBInstance, ducklake, files, pipeline, postgres } from 'sluice';
import { DuckDBAppender, DuckDBConnection } from 'sluice/duckdb';
import { crashSource } from './crash-source.mjs';

// One load of a trial, in a process of its own that is killed: `crash-load.ts` starts it.

const { url, database, point, batch, commit, loads } = JSON.parse(process.argv[2]);
const say = (what) => writeSync(1, `${JSON.stringify(what)}\n`);
const die = () => process.kill(process.pid, 'SIGKILL');
let [count, hasBegun] = [0, false];
const isMeant = () => hasBegun && (count += 1) === point.count;

/** Has a method kill the process before or after one of its calls. */
function killAt(prototype, name, matches) {
  const method = prototype[name];
  prototype[name] = function killing(...given) {
    const isPoint = matches(...given) && isMeant();
    if (isPoint && point.when === 'before') die();
    if (isPoint && point.when === 'within') {
      void disconnect?.();
      return method.apply(this, given);
    }
    const result = method.apply(this, given);
    if (!isPoint) return result;
    return result === undefined ? die() : result.then(die);
  };
}

/** What ends all connections of a Postgres database but its own. */
async function connectionsOf({ host, user, database: name }) {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    `LOAD postgres_scanner; ATTACH 'host=${host} user=${user} dbname=postgres' AS p (TYPE postgres)`,
  );
  return () =>
    connection.run(
      `CALL postgres_execute('p', 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ''${name}''')`,
    );
}

if (point?.at === 'append') killAt(DuckDBAppender.prototype, 'flushSync', () => true);
if (point?.at === 'statement')
  killAt(DuckDBConnection.prototype, 'run', (sql) => sql.includes(point.pattern));
if (point?.at === 'file')
  killAt(promises, point.name, (...given) => given.join(' ').includes(point.pattern));
if (point?.at === 'store') killAtRequest();
syncBuiltinESMExports();

/** Has the process killed before a request to a bucket is sent, or when it is answered. */
function killAtRequest() {
  const { request } = http;
  http.request = (options, ...given) => {
    // Google's objects are made by POST, and their names are parts of queries.
    const isPoint =
      options.method?.replace('POST', 'PUT') === point.method &&
      decodeURIComponent(options.path).includes(point.pattern) &&
      isMeant();
    if (isPoint && point.when === 'before') die();
    const outgoing = request(options, ...given);
    return isPoint ? outgoing.on('response', die) : outgoing;
  };
}

/** Where the load goes to. */
function open() {
  // What is patched here is not patched in the loader's thread.
  const thread = !['append', 'statement', 'file', 'store'].includes(point?.at);
  if (typeof database === 'string') return duckdb(database, { thread });
  if (database.lake !== undefined) return ducklake({ ...database.lake, thread });
  const { root, ...options } = database;
  return root === undefined
    ? postgres({ ...options, thread })
    : files(root, { ...options, thread });
}

const disconnect =
  point?.when === 'within' ? await connectionsOf(database.catalog ?? database) : null;
const destination = open();
const loading = pipeline({ name: 'shop', dataset: 'data', destination, batch, commit });
const [{ made }] = await loading
  .dataset()
  .query('SELECT count(*)::INT AS made FROM _dlt_loads')
  .catch(() => [{ made: 0 }]);
// It was killed when all was done: another run would be another load.
if (made < loads) {
  say({ began: true });
  hasBegun = true;
  const info = await loading.run(crashSource(url, database.root === undefined), {
    observe(event) {
      if (event.kind === 'commit')
        say({
          committed: event.positions.map(({ resource, parent, page }) => ({
            resource,
            parent,
            page,
          })),
        });
      if (point?.at === 'event' && event.kind === point.name && isMeant()) die();
    },
  });
  say({ info });
}
await loading.close();
