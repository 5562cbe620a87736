import { describe, expect, it } from 'vitest';
import { tableHints } from '#operators/schema/table-hints.js';
import type { MergeDisposition } from 'sluice';

describe('hints of a table', () => {
  it('say nothing of merging beside the primary key', () => {
    expect(tableHints('orders', { writeDisposition: 'merge', primaryKey: 'id' })).toEqual({
      resource: 'orders',
      writeDisposition: 'merge',
      primaryKey: ['id'],
      columns: {},
    });
  });

  it('take keys from columns, which may be null then', () => {
    const { primaryKey, merge, columns } = tableHints('orders', {
      writeDisposition: 'merge',
      columns: { id: { primaryKey: true }, day: { mergeKey: true, nullable: false } },
    });
    expect(primaryKey).toEqual(['id']);
    expect(merge?.mergeKey).toEqual(['day']);
    expect(columns['id']?.nullable).toBe(true);
    expect(columns['day']?.nullable).toBe(false);
  });

  it('prefer keys by name to those of columns', () => {
    const { primaryKey } = tableHints('orders', {
      primaryKey: ['shop', 'id'],
      columns: { uid: { primaryKey: true } },
    });
    expect(primaryKey).toEqual(['shop', 'id']);
  });

  it('read times of scd2 as UTC', () => {
    const scd2 = (about: Omit<MergeDisposition, 'disposition'>): unknown =>
      tableHints('orders', {
        writeDisposition: { disposition: 'merge', strategy: 'scd2', ...about },
      }).merge?.scd2;
    expect(
      scd2({
        validityColumnNames: ['validFrom', 'validTo'],
        activeRecordTimestamp: '9999-12-31',
        boundaryTimestamp: new Date('2026-01-01T00:00:00.5Z'),
      }),
    ).toEqual({
      declared: [],
      validFrom: 'valid_from',
      validTo: 'valid_to',
      active: '253402214400000000',
      boundary: '1767225600500000',
      rowVersion: '_dlt_id',
      given: { active: '9999-12-31' },
    });
  });

  const merge = (about: object): MergeDisposition => ({ disposition: 'merge', ...about });
  it.each<[string, Parameters<typeof tableHints>[1], RegExp]>([
    [
      'upsert without a key',
      { writeDisposition: merge({ strategy: 'upsert' }), mergeKey: 'id' },
      /^Resource orders: merge strategy upsert finds rows by their primary key, and there is none\./,
    ],
    [
      'insert-only without a key',
      { writeDisposition: merge({ strategy: 'insert-only' }) },
      /merge strategy insert-only finds rows by their primary key/,
    ],
    [
      'an option of scd2 elsewhere',
      { writeDisposition: merge({ boundaryTimestamp: '2026-01-01' }) },
      /`boundaryTimestamp` is an option of merge strategy scd2, and the strategy is delete-insert/,
    ],
    [
      'deduplicated elsewhere',
      { writeDisposition: merge({ strategy: 'scd2', deduplicated: true }) },
      /`deduplicated` is an option of merge strategy delete-insert/,
    ],
    [
      'two columns that sort',
      {
        writeDisposition: 'merge',
        primaryKey: 'id',
        columns: { a: { dedupSort: 'asc' }, b: { dedupSort: 'desc' } },
      },
      /`columns` has `dedupSort` for `a`, `b`, and only one column/,
    ],
    [
      'a time that is none',
      { writeDisposition: merge({ strategy: 'scd2', activeRecordTimestamp: 'tomorrow' }) },
      /`activeRecordTimestamp` must be a date or a time in ISO 8601, .*found "tomorrow"/,
    ],
    [
      'one validity column',
      { writeDisposition: merge({ strategy: 'scd2', validityColumnNames: ['from'] }) },
      /`validityColumnNames` must be the names of two columns; found \["from"\]/,
    ],
  ])('refuse %s', (_, hints, message) => {
    expect(() => tableHints('orders', hints)).toThrow(message);
  });
});
