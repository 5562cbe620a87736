import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { issueFolder } from '../data.js';
import { type Measure, withDatabase } from '../measure.js';

const COLUMNS = `STRUCT(id BIGINT, node_id VARCHAR, number BIGINT, title VARCHAR, state VARCHAR, locked BOOLEAN, comments BIGINT, score DOUBLE,
  created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ, closed_at TIMESTAMPTZ, body VARCHAR,
  "user" STRUCT(login VARCHAR, id BIGINT, "type" VARCHAR, site_admin BOOLEAN),
  reactions STRUCT(total_count BIGINT, plus1 BIGINT, heart BIGINT),
  labels STRUCT(id BIGINT, "name" VARCHAR, color VARCHAR)[], assignees STRUCT(login VARCHAR, id BIGINT)[])[]`;

/**
 * Runs the rival of the whole: DuckDB reads the same pages from disk with the types given, and SQL
 * makes the same three tables with ids, parent ids and list indexes; two threads, the same storage
 * version, one transaction.
 */
export function readJson(rows: number): Promise<Measure> {
  return withDatabase(async (path) => {
    const files = join(issueFolder(rows), '*.json');
    const instance = await DuckDBInstance.create(path, {
      threads: '2',
      storage_compatibility_version: 'v1.3.0',
    });
    const connection = await instance.connect();
    const id = `replace(uuid()::VARCHAR, '-', '')[:12]`;
    const start = performance.now();
    await connection.run('BEGIN');
    await connection.run(
      `CREATE TEMP TABLE raw AS SELECT ${id} AS _dlt_id, unnest(data) AS r FROM read_json('${files}', columns = {data: '${COLUMNS}'})`,
    );
    await connection.run(`CREATE TABLE issues AS SELECT r.* EXCLUDE ("user", reactions, labels, assignees),
      r."user".login AS user__login, r."user".id AS user__id, r."user"."type" AS user__type, r."user".site_admin AS user__site_admin,
      r.reactions.total_count AS reactions__total_count, r.reactions.plus1 AS reactions__plus1, r.reactions.heart AS reactions__heart,
      '1749667187.541553' AS _dlt_load_id, _dlt_id FROM raw`);
    for (const child of ['labels', 'assignees']) {
      await connection.run(`CREATE TABLE issues__${child} AS SELECT e.*, _dlt_parent_id, _dlt_list_idx, ${id} AS _dlt_id FROM (
        SELECT unnest(r.${child}) AS e, _dlt_id AS _dlt_parent_id, generate_subscripts(r.${child}, 1) - 1 AS _dlt_list_idx FROM raw)`);
    }
    await connection.run('COMMIT');
    const ms = performance.now() - start;
    const counted = await connection.runAndReadAll(
      'SELECT (SELECT count(*) FROM issues), (SELECT count(*) FROM issues__labels) + (SELECT count(*) FROM issues__assignees)',
    );
    const [[roots, children] = []] = counted.getRows();
    connection.closeSync();
    instance.closeSync();
    return { ms, rows: Number(roots), childRows: Number(children) };
  });
}
