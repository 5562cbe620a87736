import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conventionOf } from '#operators/schema/convention.js';
import { duckdb, HttpError, type LoadInfo, pipeline, type Source } from 'sluice';
import { type Sandbox, type Service, startSandbox } from 'sluice/sandbox';

const { path: nameOf } = conventionOf();

type Row = Record<string, unknown>;

export interface SourceCase {
  /** Name of the service in the sandbox. */
  service: 'coassemble' | 'assembled' | 'coalesce';
  /** The source, pointed at the stand-in; `wrong` credentials where requested. */
  source: (service: Service, wrong?: boolean) => Source;
  /** First word of the Authorization header. */
  scheme: string;
  /** Resource → columns that identify a row in the tables. */
  keys: Readonly<Record<string, readonly string[]>>;
  /** Child resource, its column, and the parent table and column that it must be found in. */
  children: readonly { child: string; column: string; parent: string; parentColumn: string }[];
  /** The service has a limit. */
  limited: boolean;
}

const RATE_SCALE = 1_000;

/** What every ready source must do, against its stand-in. */
export function testSource({
  service: name,
  source,
  scheme,
  keys,
  children,
  limited,
}: SourceCase): void {
  describe(`source ${name}`, () => {
    let folder = '';
    let sandbox: Sandbox;
    let service: Service;
    let first: LoadInfo;
    const file = (): string => join(folder, 't.duckdb');

    // One load serves all tests that only look; those that load again leave the tables as they
    // were.
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'sluice-source-'));
      sandbox = await startSandbox({ rateScale: RATE_SCALE });
      service = sandbox[name];
      first = await load();
    });
    afterAll(async () => {
      await sandbox.close();
      rmSync(folder, { recursive: true });
    });

    const load = async (
      from: Source = source(service),
      path: string = file(),
    ): Promise<LoadInfo> => {
      await using loading = pipeline({
        name: `${name}_pipeline`,
        destination: duckdb(path),
        dataset: 'data',
      });
      return await loading.run(from);
    };
    const query = (sql: string): Promise<Row[]> => duckdb(file()).query(sql);
    const counts = async (): Promise<Row[]> =>
      Promise.all(
        Object.keys(keys).map(
          async (resource) =>
            (
              await query(
                `SELECT '${resource}' AS resource, count(*) AS rows FROM data."${nameOf(resource)}"`,
              )
            )[0] as Row,
        ),
      );

    it('sends its credentials with every request, and they are right', () => {
      expect(service.requests.length).toBeGreaterThan(0);
      expect(
        service.requests.filter((request) => request.scheme !== scheme || !request.authorized),
      ).toEqual([]);
    });

    it('never doubles the prefix of a path', () => {
      expect(service.requests.filter((request) => request.doubled)).toEqual([]);
    });

    if (limited)
      it('obeys the limit: nothing is refused', () => {
        expect(service.requests.filter((request) => request.status === 429)).toEqual([]);
      });

    it('counts its requests and pages', () => {
      expect(first.resources.reduce((sum, { requests }) => sum + requests, 0)).toBe(
        service.requests.length,
      );
    });

    it('stops at once when its credentials are refused, without showing them', async () => {
      const attempt = load(source(service, true), join(folder, 'refused.duckdb'));
      await expect(attempt).rejects.toThrow(HttpError);
      await expect(attempt).rejects.toThrow(/401/);
      const secrets = Object.values(service.credentials).filter((value) => value.length > 8);
      const error = (await attempt.catch((reason: unknown) => reason)) as Error;
      for (const secret of secrets) expect(`${error.message} ${error.stack}`).not.toContain(secret);
    });

    it('loads exactly the rows that the service holds, every field of them', async () => {
      for (const resource of Object.keys(keys)) {
        const table = `data."${nameOf(resource)}"`;
        const types = new Map(
          (await query(`DESCRIBE ${table}`)).map((row) => [
            String(row['column_name']),
            String(row['column_type']),
          ]),
        );
        const columns = [...types]
          .filter(([column]) => !column.startsWith('_dlt_'))
          .map(([column, type]) =>
            type.startsWith('TIMESTAMP') ? `epoch_us("${column}") AS "${column}"` : `"${column}"`,
          );
        const rows = await query(`SELECT ${columns.join(', ')} FROM ${table}`);
        const held = (service.data[resource] ?? []).map((row) => fieldsOf(row, types));
        expect(held.length, resource).toBeGreaterThan(0);
        expect(
          rows
            .map((row) => loadedFields(row, types))
            .map(sorted)
            .sort(),
          resource,
        ).toEqual(held.map(sorted).sort());
      }
    });

    it('keys children to rows of their parents', async () => {
      for (const { child, column, parent, parentColumn } of children) {
        const [counted] = await query(
          `SELECT count(*) AS lost FROM data."${child}" c WHERE NOT EXISTS (SELECT 1 FROM data."${parent}" p WHERE p."${parentColumn}" = c."${column}")`,
        );
        expect(counted, child).toEqual({ lost: 0 });
      }
    });

    it('doubles nothing when it runs again, and continues after 429 and temporary faults', async () => {
      const before = await counts();
      service.control.failNext(2, 429, { 'retry-after': '0' });
      service.control.failNext(1, 503);
      await load();
      expect(await counts()).toEqual(before);
      expect(await query('SELECT count(*) AS loads FROM data._dlt_loads WHERE status = 0')).toEqual(
        [{ loads: 2 }],
      );
    });

    it('leaves nothing half written when it is aborted', async () => {
      const before = await counts();
      const stop = new AbortController();
      const loading = pipeline({
        name: `${name}_pipeline`,
        destination: duckdb(file()),
        dataset: 'data',
        batch: { rows: 1 },
      });
      const run = loading.run(source(service), {
        signal: stop.signal,
        observe: (event) => event.kind === 'append' && stop.abort(),
      });
      await expect(run).rejects.toMatchObject({ code: 'ERR_SLUICE_ABORT' });
      await loading.close();
      expect(await counts()).toEqual(before);
      expect(
        await query(
          "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '\\_sluice\\_new%' ESCAPE '\\'",
        ),
      ).toEqual([]);
    });

    it('loads only the selected resources', async () => {
      const [one = ''] = Object.keys(keys);
      const info = await load(source(service).withResources([one]), join(folder, 'one.duckdb'));
      expect(Object.keys(info.tables).filter((table) => !table.includes('__'))).toEqual([
        nameOf(one),
      ]);
      expect(() => source(service).withResources(['nothing'])).toThrow(/nothing.*Resources: /);
    });
  });
}

/**
 * The fields of a row as a service holds it, by the column that they belong in; lists have tables
 * of their own.
 */
function fieldsOf(row: Row, types: ReadonlyMap<string, string>, above = ''): Row {
  const fields: Row = {};
  for (const [key, value] of Object.entries(row)) {
    const column = above + nameOf(key);
    const type = types.get(column);
    if (value === null || value === undefined) continue;
    if (type === 'JSON') fields[column] = JSON.stringify(value);
    else if (typeof value !== 'object') fields[column] = held(value, type);
    else if (!Array.isArray(value))
      Object.assign(fields, fieldsOf(value as Row, types, `${column}__`));
  }
  return fields;
}

/**
 * A value as a column of this type holds it; one that does not fit as text, which is how its
 * variant holds it.
 */
function held(value: unknown, type: string | undefined): unknown {
  if (type === 'BOOLEAN' && typeof value === 'boolean') return value;
  if (typeof value === 'boolean') return String(value);
  const micros = typeof value === 'number' ? value * 1e6 : Date.parse(String(value)) * 1e3;
  if (type?.startsWith('TIMESTAMP') === true && !Number.isNaN(micros)) return micros;
  if ((type === 'BIGINT' || type === 'DOUBLE') && !Number.isNaN(Number(value)))
    return Number(value);
  return String(value);
}

/** A row of a table without what is null; values of variants under their column's name. */
function loadedFields(row: Row, types: ReadonlyMap<string, string>): Row {
  const values = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(
    values.map(([column, value]) => [
      column.replace(/__v_[a-z]+$/, ''),
      types.get(column) === 'JSON'
        ? JSON.stringify(JSON.parse(String(value)))
        : column.includes('__v_')
          ? String(value)
          : value,
    ]),
  );
}

function sorted(row: Row): string {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}
