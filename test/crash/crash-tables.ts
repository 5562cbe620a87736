import { DuckDBInstance, ducklake, files } from 'sluice';
import { type CrashDatabase, isFiles, isLake } from './crash-database.js';

/** All that a reader finds in the tables of the loads, in an order of its own. */
export async function crashTables(database: CrashDatabase): Promise<Record<string, unknown>> {
  const { query, close } = await open(database);
  const read = async (sql: string): Promise<string[]> =>
    (await query(sql)).map((row) => JSON.stringify(row));
  const queries = isFiles(database) ? { ...QUERIES, ...OF_FILES } : QUERIES;
  try {
    const tables: Record<string, unknown> = {};
    for (const [name, sql] of Object.entries(queries)) tables[name] = await read(sql);
    for (const { name } of (await query(BELOW)) as { name: string }[])
      tables[name] = await read(
        `SELECT p.id, l.n FROM data."${name}" l LEFT JOIN data.parcels p ON l._dlt_parent_id = p._dlt_id ORDER BY ALL`,
      );
    return tables;
  } finally {
    await close();
  }
}

interface Reader {
  query: (sql: string) => Promise<object[]>;
  close: () => Promise<void> | void;
}

async function open(database: CrashDatabase): Promise<Reader> {
  if (isFiles(database)) {
    const { root, ...options } = database;
    return files(root, { ...options, thread: false });
  }
  if (isLake(database)) return ducklake({ ...database.lake, thread: false });
  const isFile = typeof database === 'string';
  const instance = await DuckDBInstance.create(isFile ? database : ':memory:');
  const connection = await instance.connect();
  if (!isFile)
    await connection.run(
      `LOAD postgres_scanner; ATTACH 'host=${database.host} user=${database.user} dbname=${database.database}' AS t (TYPE postgres); USE t`,
    );
  return {
    query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const BELOW =
  "SELECT DISTINCT table_name AS name FROM duckdb_columns() WHERE starts_with(table_name, 'parcels__') ORDER BY ALL";

const QUERIES = {
  orders: 'SELECT id, n, note FROM data.orders ORDER BY ALL',
  tags: 'SELECT o.id, list(t.tag ORDER BY t.tag) FROM data.orders o LEFT JOIN data.orders__tags t ON t._dlt_parent_id = o._dlt_id GROUP BY ALL ORDER BY ALL',
  allTags: 'SELECT count(*) FROM data.orders__tags',
  customers:
    'SELECT c.id, c.version, c.code, c.code__v_text, list(m.mail) FROM data.customers c LEFT JOIN data.customers__mails m ON m._dlt_parent_id = c._dlt_id GROUP BY ALL ORDER BY ALL',
  allMails: 'SELECT count(*) FROM data.customers__mails',
  parcels: 'SELECT * EXCLUDE (_dlt_id, _dlt_load_id) FROM data.parcels ORDER BY id',
  shops: 'SELECT id, version FROM data.shops ORDER BY ALL',
  staff: 'SELECT id, version, shop FROM data.staff ORDER BY ALL',
  shifts: 'SELECT key, version, person FROM data.shifts ORDER BY ALL',
  breaks: 'SELECT shift, n, version FROM data.breaks ORDER BY ALL',
  prices: 'SELECT sku, price, _dlt_valid_to IS NULL AS is_valid FROM data.prices ORDER BY ALL',
  ledger:
    'SELECT e.id, list(l.line ORDER BY l.line) FROM data.ledger e LEFT JOIN data.ledger__lines l ON l._dlt_parent_id = e._dlt_id GROUP BY ALL ORDER BY ALL',
  allLines: 'SELECT count(*) FROM data.ledger__lines',
  visits: 'SELECT id, version FROM data.visits ORDER BY ALL',
  report: 'SELECT version, n FROM data.report ORDER BY ALL',
  events: 'SELECT id, "at" FROM data.events ORDER BY ALL',
  loads: 'SELECT schema_name, status, count(*) FROM data._dlt_loads GROUP BY ALL',
  ofLoads:
    'SELECT count(DISTINCT _dlt_load_id) FROM (SELECT _dlt_load_id FROM data.orders UNION ALL SELECT _dlt_load_id FROM data.events UNION ALL SELECT _dlt_load_id FROM data.staff)',
  leftovers:
    "SELECT (SELECT count(*) FROM data._sluice_loads), (SELECT count(*) FROM data._sluice_positions WHERE state IS NULL), count(*) FROM duckdb_tables() WHERE starts_with(table_name, '_sluice_new__') OR schema_name = 'data_sluice_staging'",
  verdicts:
    'SELECT resource, verdict, reasons, lists, pages, rows, declared_rows, loaded_rows, skipped FROM data._sluice_completeness ORDER BY ALL',
};

/** Those that differ where no row ends. */
const OF_FILES = { prices: 'SELECT sku, price FROM data.prices ORDER BY ALL' };
