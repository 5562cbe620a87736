import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { parseJson } from '#operators/json/parse-json.js';
import { sortedJson } from '#operators/json/sorted-json.js';
import {
  type DltSchema,
  emptySchema,
  hashedText,
  type Hashes,
  nextVersion,
} from '#operators/schema/dlt-schema.js';
import { type StoredTable, withoutTables, withTables } from '#operators/schema/dlt-tables.js';
import { schemaName } from '#operators/schema/schema-name.js';
import { tableHints } from '#operators/schema/table-hints.js';
import { dltSchemaText } from '../destination/duckdb/dlt-dataset.js';

const written = parseJson(dltSchemaText) as DltSchema;
const hash = (schema: DltSchema): string =>
  createHash('sha3-256').update(hashedText(schema)).digest('base64');

const hints = { resource: 'orders', writeDisposition: 'append', primaryKey: [] } as const;
const column = (name: string, data_type = 'text', nullable = true) => ({
  name,
  type: { data_type },
  nullable,
  variant: false,
});
const orders = (more: Partial<StoredTable> = {}): StoredTable => ({
  name: 'orders',
  parent: null,
  hints,
  columns: [column('id', 'bigint', false)],
  ...more,
});

describe('the hash of a schema document', () => {
  it('is the one that dlt wrote', () => {
    expect(hash(written)).toBe(written.version_hash);
  });

  it('depends on the order of columns and on no other order', () => {
    const { tables } = written;
    const { orders: own, ...others } = tables;
    const columns = Object.entries(own?.columns ?? {}).reverse();
    expect(hash({ ...written, tables: { ...others, orders: own! } })).toBe(written.version_hash);
    expect(
      hash({ ...written, tables: { ...tables, orders: { columns: Object.fromEntries(columns) } } }),
    ).not.toBe(written.version_hash);
  });

  it('sorts keys by code points, and keeps numbers as they were sent', () => {
    expect(sortedJson(parseJson('{"\u{1F600}":1.0,"\uE000":[{"b":1e2,"a":null}]}'))).toBe(
      '{"\uE000":[{"a":null,"b":1e2}],"\u{1F600}":1.0}',
    );
  });
});

describe('a version of a schema document', () => {
  const content = { ...written, name: 'other' };

  const only = (last: string): Hashes => ({ extracted: () => [], last });

  it('follows the one before, whose hash it keeps', () => {
    const next = nextVersion(written, content, only('new'));
    expect(next).toMatchObject({ version: 3, version_hash: 'new', name: 'other' });
    expect(next.previous_hashes).toEqual([written.version_hash, ...written.previous_hashes]);
  });

  it('is the one before where its hash is the same, and no further one is made', () => {
    const extracted = vi.fn((): string[] => []);
    const hashes = { extracted, last: written.version_hash };
    expect(nextVersion(written, content, hashes)).toBe(written);
    expect(extracted).not.toHaveBeenCalled();
  });

  it('is the second where none is before, behind those of what is extracted', () => {
    const hashes = { extracted: () => ['rows', 'rows and state'], last: 'first' };
    expect(nextVersion(null, emptySchema('shop'), hashes)).toMatchObject({
      version: 2,
      previous_hashes: ['rows and state', 'rows'],
    });
  });

  it('is two on where what is declared changes, and one on where rows bring more', () => {
    const hash = written.version_hash;
    const more = { extracted: () => [hash, hash], last: 'new' };
    expect(nextVersion(written, content, more).version).toBe(written.version + 1);
    const next = nextVersion(written, content, {
      extracted: () => ['hints', 'hints'],
      last: 'new',
    });
    expect(next.version).toBe(written.version + 2);
    expect(next.previous_hashes.slice(0, 2)).toEqual(['hints', hash]);
  });

  it('is the second again where all of the one before was dropped, whose hash it keeps', () => {
    const hashes = { extracted: () => ['rows'], last: 'new' };
    expect(nextVersion(written, content, hashes, 'all')).toMatchObject({
      version: 2,
      previous_hashes: ['rows', written.version_hash],
    });
  });

  it('keeps ten hashes', () => {
    const previous_hashes = Array.from({ length: 10 }, (_, i) => String(i));
    const next = nextVersion({ ...written, previous_hashes }, content, only('new'));
    expect(next.previous_hashes).toEqual([written.version_hash, ...previous_hashes.slice(0, 9)]);
  });
});

describe('tables in a schema document', () => {
  it('come with the hints that dlt gives them', () => {
    const columns = [column('_dlt_id', 'text', false), column('_dlt_parent_id', 'text', false)];
    const { tables } = withTables(emptySchema('shop'), [
      orders({ hints: { ...hints, primaryKey: ['id'] } }),
      orders({ name: 'orders__tags', parent: 'orders', columns }),
    ]);
    expect(tables.orders).toEqual({
      name: 'orders',
      columns: { id: { name: 'id', data_type: 'bigint', nullable: false, primary_key: true } },
      write_disposition: 'append',
      resource: 'orders',
      'x-normalizer': { 'seen-data': true },
    });
    expect(tables.orders__tags).toEqual({
      name: 'orders__tags',
      columns: {
        _dlt_id: {
          name: '_dlt_id',
          unique: true,
          row_key: true,
          data_type: 'text',
          nullable: false,
        },
        _dlt_parent_id: {
          name: '_dlt_parent_id',
          parent_key: true,
          data_type: 'text',
          nullable: false,
        },
      },
      parent: 'orders',
      'x-normalizer': { 'seen-data': true },
    });
  });

  it('keep what the document said of them and of their columns', () => {
    const before = written.tables.rep;
    const { tables } = withTables(written, [
      orders({
        name: 'rep',
        hints: { ...hints, resource: 'rep', writeDisposition: 'replace' },
        columns: [column('m'), column('l', 'json'), column('new', 'double')],
      }),
    ]);
    expect(tables.rep).toEqual({
      ...before,
      columns: {
        ...before?.columns,
        new: { name: 'new', data_type: 'double', nullable: true },
      },
    });
    expect(tables.orders).toBe(written.tables.orders);
  });

  it('say the type that a widened column has now', () => {
    const { tables } = withTables(written, [orders({ columns: [column('big', 'double')] })]);
    expect(tables.orders?.columns.big).toEqual({
      name: 'big',
      data_type: 'double',
      nullable: true,
    });
  });

  it('say how rows are merged, as dlt does', () => {
    const merge = {
      strategy: 'scd2',
      mergeKey: ['id'],
      deduplicated: false,
      dedupSort: { column: 'at', order: 'desc' },
      hardDelete: 'gone',
      scd2: {
        declared: [],
        validFrom: 'von',
        validTo: 'bis',
        active: null,
        boundary: null,
        rowVersion: '_dlt_id',
      },
    } as const;
    const table = orders({
      hints: { ...hints, writeDisposition: 'merge', merge },
      columns: ['id', 'at', 'gone', 'von', 'bis', '_dlt_id'].map((name) => column(name)),
    });
    const { tables, normalizers } = withTables(emptySchema('shop'), [table]);
    expect(tables.orders).toMatchObject({
      'x-merge-strategy': 'scd2',
      columns: {
        id: { merge_key: true },
        at: { dedup_sort: 'desc' },
        gone: { hard_delete: true },
        von: { 'x-valid-from': true },
        bis: { 'x-valid-to': true, 'x-active-record-timestamp': null },
        _dlt_id: { 'x-row-version': true, unique: false, row_key: false },
      },
    });
    expect(normalizers).toEqual(emptySchema('shop').normalizers);
  });

  it('have times of scd2 as they were given, dates in UTC', () => {
    const scd2 = (time: string | Date): unknown => {
      const { tables } = withTables(emptySchema('shop'), [
        orders({
          hints: tableHints('orders', {
            writeDisposition: {
              disposition: 'merge',
              strategy: 'scd2',
              activeRecordTimestamp: time,
              boundaryTimestamp: time,
            },
          }),
          columns: [column('_dlt_valid_to')],
        }),
      ]);
      return [
        tables.orders?.columns?.['_dlt_valid_to']?.['x-active-record-timestamp'],
        tables.orders?.['x-boundary-timestamp'],
      ];
    };
    expect(scd2('2026-01-04')).toEqual(['2026-01-04', '2026-01-04']);
    const local = '2026-01-04T05:06:07+02:00';
    expect(scd2(local)).toEqual([local, local]);
    const utc = '2026-01-04T03:06:07Z';
    expect(scd2(new Date(local))).toEqual([utc, utc]);
  });

  it('keep the keys of earlier loads until a load has others', () => {
    const merged = (primaryKey: string[]): StoredTable =>
      orders({
        hints: { ...hints, writeDisposition: 'merge', primaryKey },
        columns: [column('id'), column('big')],
      });
    const keys = (primaryKey: string[]): string[] =>
      Object.entries(withTables(written, [merged(primaryKey)]).tables.orders?.columns ?? {})
        .filter(([, { primary_key }]) => primary_key === true)
        .map(([name]) => name);
    expect(keys([])).toEqual(['id']);
    expect(keys(['big'])).toEqual(['big']);
  });

  it('give a merged root’s id to its children', () => {
    const merged = orders({ name: 'items', hints: { ...hints, writeDisposition: 'merge' } });
    expect(withTables(written, [merged]).normalizers).toEqual({
      names: 'snake_case',
      json: {
        module: 'dlt.common.normalizers.json.relational',
        config: {
          propagation: {
            tables: { orders: { _dlt_id: '_dlt_root_id' }, items: { _dlt_id: '_dlt_root_id' } },
          },
        },
      },
    });
  });

  it('are gone once they are dropped', () => {
    const { tables } = withoutTables(written, new Set(['orders', 'orders__tags']));
    expect(Object.keys(tables)).not.toContain('orders');
    expect(tables.log).toBe(written.tables.log);
  });
});

describe('the name of a schema', () => {
  it.each([
    ['shop', 'shop'],
    ['MyShop', 'MyShop'],
    ['my-shop', 'my_shop'],
    [`My-${'x'.repeat(80)}`, 'my_xxxxxxxxxxxxxxxxxxxxxxxxxx5tuhlqxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
  ])('of %s is %s', (name, schema) => {
    expect(schemaName(name)).toBe(schema);
  });
});
