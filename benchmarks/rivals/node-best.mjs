// The same script in its best form: the next pages are requested while one is worked on, values go
// by column into chunks of 2,048 rows, times by arithmetic. `node node-best.mjs ROWS`.
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';

const int = (value) => BigInt(value);
const time = (text) => text && new DuckDBTimestampTZValue(BigInt(Date.parse(text)) * 1000n);
const TABLES = {
  issues: {
    id: BIGINT,
    node_id: VARCHAR,
    number: BIGINT,
    title: VARCHAR,
    state: VARCHAR,
    locked: BOOLEAN,
    comments: BIGINT,
    score: DOUBLE,
    created_at: TIMESTAMPTZ,
    updated_at: TIMESTAMPTZ,
    closed_at: TIMESTAMPTZ,
    body: VARCHAR,
    user__login: VARCHAR,
    user__id: BIGINT,
    user__type: VARCHAR,
    user__site_admin: BOOLEAN,
    reactions__total_count: BIGINT,
    reactions__plus1: BIGINT,
    reactions__heart: BIGINT,
  },
  issues__labels: { issue_id: BIGINT, idx: BIGINT, id: BIGINT, name: VARCHAR, color: VARCHAR },
  issues__assignees: { issue_id: BIGINT, idx: BIGINT, login: VARCHAR, id: BIGINT },
};
const instance = await DuckDBInstance.create(process.env.BENCH_DATABASE, {
  storage_compatibility_version: 'v1.3.0',
});
const connection = await instance.connect();
await connection.run('BEGIN');
async function open([table, types]) {
  const columns = Object.entries(types);
  await connection.run(
    `CREATE TABLE ${table} (${columns.map(([name, type]) => `${name} ${type}`).join(', ')})`,
  );
  const appender = await connection.createAppender(table);
  const chunk = DuckDBDataChunk.create(Object.values(types), 2048);
  let values = columns.map(() => []);
  function flush() {
    chunk.reset();
    chunk.rowCount = values[0].length;
    values.forEach((column, i) => chunk.setColumnValues(i, column));
    appender.appendDataChunk(chunk);
    values = columns.map(() => []);
  }
  return {
    append(row) {
      for (let i = 0; i < row.length; i += 1) values[i].push(row[i]);
      if (values[0].length === 2048) flush();
    },
    close() {
      flush();
      appender.closeSync();
    },
  };
}
const tables = [];
for (const table of Object.entries(TABLES)) tables.push(await open(table));
const [issues, labels, assignees] = tables;
const get = async (page) => (await fetch(`${process.env.BENCH_URL}/pages?page=${page}`)).json();
const pages = Math.ceil(Number(process.argv[2]) / 1000);
const ahead = [0, 1].filter((page) => page < pages).map(get);
for (let page = 0; page < pages; page += 1) {
  const { data } = await ahead.shift();
  if (page + 2 < pages) ahead.push(get(page + 2));
  for (const { user, reactions, ...row } of data) {
    issues.append([
      int(row.id),
      row.node_id,
      int(row.number),
      row.title,
      row.state,
      row.locked,
      int(row.comments),
      row.score,
      time(row.created_at),
      time(row.updated_at),
      time(row.closed_at),
      row.body,
      user.login,
      int(user.id),
      user.type,
      user.site_admin,
      int(reactions.total_count),
      int(reactions.plus1),
      int(reactions.heart),
    ]);
    row.labels.forEach((one, i) =>
      labels.append([int(row.id), int(i), int(one.id), one.name, one.color]),
    );
    row.assignees.forEach((one, i) =>
      assignees.append([int(row.id), int(i), one.login, int(one.id)]),
    );
  }
}
for (const table of tables) table.close();
await connection.run('COMMIT');
connection.closeSync();
instance.closeSync();
