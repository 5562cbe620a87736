// What one writes at first: `fetch`, `JSON.parse`, DuckDB's appender value by value. `node
// node-script.mjs ROWS`.
import { DuckDBInstance, DuckDBTimestampTZValue } from '@duckdb/node-api';

const instance = await DuckDBInstance.create(process.env.BENCH_DATABASE);
const connection = await instance.connect();
await connection.run(`CREATE TABLE issues (id BIGINT, node_id VARCHAR, number BIGINT, title VARCHAR, state VARCHAR,
    locked BOOLEAN, comments BIGINT, score DOUBLE, created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ, closed_at TIMESTAMPTZ,
    body VARCHAR, user__login VARCHAR, user__id BIGINT, user__type VARCHAR, user__site_admin BOOLEAN,
    reactions__total_count BIGINT, reactions__plus1 BIGINT, reactions__heart BIGINT);
  CREATE TABLE issues__labels (issue_id BIGINT, idx BIGINT, id BIGINT, name VARCHAR, color VARCHAR);
  CREATE TABLE issues__assignees (issue_id BIGINT, idx BIGINT, login VARCHAR, id BIGINT)`);
const issues = await connection.createAppender('issues');
const labels = await connection.createAppender('issues__labels');
const assignees = await connection.createAppender('issues__assignees');

const int = (value) => BigInt(value);
const time = (text) => text && new DuckDBTimestampTZValue(BigInt(Date.parse(text)) * 1000n);
function append(appender, values) {
  for (const value of values) {
    if (value === null) appender.appendNull();
    else if (typeof value === 'bigint') appender.appendBigInt(value);
    else if (typeof value === 'number') appender.appendDouble(value);
    else if (typeof value === 'boolean') appender.appendBoolean(value);
    else if (typeof value === 'string') appender.appendVarchar(value);
    else appender.appendTimestampTZ(value);
  }
  appender.endRow();
}
for (let page = 0; page * 1000 < Number(process.argv[2]); page += 1) {
  const { data } = await (await fetch(`${process.env.BENCH_URL}/pages?page=${page}`)).json();
  for (const { user, reactions, ...row } of data) {
    append(issues, [
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
      append(labels, [int(row.id), int(i), int(one.id), one.name, one.color]),
    );
    row.assignees.forEach((one, i) =>
      append(assignees, [int(row.id), int(i), one.login, int(one.id)]),
    );
  }
}
for (const appender of [issues, labels, assignees]) appender.closeSync();
connection.closeSync();
instance.closeSync();
