import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scaleOf } from '#operators/schema/column-type.js';
import { DATA_TYPES } from '#operators/schema/data-types.js';
import { coerceAsDlt } from '#operators/schema/dlt/coerce-as-dlt.js';
import { isoMicros } from '#operators/schema/iso-micros.js';
import type { ColumnValue, LaneValue } from '#operators/schema/lane-value.js';
import type { DataType, LaneKind } from '#operators/types.js';

interface Case {
  kind: LaneKind;
  value: string | boolean;
  to: Partial<Record<DataType, string | boolean>>;
}

/** What dlt 1.31 made of these values: `make_coercions.py` writes it. */
const cases = JSON.parse(
  readFileSync(new URL('../golden/coercions.json', import.meta.url), 'utf8'),
) as Case[];

function laneValue({ kind, value }: Case): LaneValue {
  if (kind === 'bigint') return BigInt(value);
  return kind === 'double' ? Number(value) : value;
}

/** What the case says, or `failure`, where dlt's value is one that its load step cannot write. */
function coerced(given: Case, dataType: DataType): unknown {
  let failure: string | undefined;
  const value = coerceAsDlt(given.kind, laneValue(given), { dataType }, (reason) => {
    failure = reason;
  });
  if (failure !== undefined) return 'failure';
  return value === undefined || value === null ? value : printed(value, dataType);
}

function printed(value: ColumnValue, dataType: DataType): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (dataType === 'json') return JSON.parse(value as string);
  if (dataType === 'date') return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10);
  return typeof value === 'bigint' ? String(value) : value;
}

/** dlt's value as a column holds it. */
function wanted({ to }: Case, dataType: DataType): unknown {
  const value = to[dataType];
  if (value === undefined || typeof value === 'boolean') return value;
  if (dataType === 'double') return Number.isFinite(Number(value)) ? Number(value) : 'failure';
  if (dataType === 'bigint')
    return BigInt.asIntN(64, BigInt(value)) === BigInt(value) ? value : 'failure';
  if (dataType === 'json') return JSON.parse(value);
  if (dataType === 'time') return String(microsOf(value));
  if (dataType !== 'decimal' && dataType !== 'wei') return value;
  return decimal(value, scaleOf({ dataType }));
}

/** For values by which dlt does not fail. */
function failed(reason: string): never {
  throw new Error(reason);
}

function microsOf(time: string): number {
  const [hour, minute, second] = time.split(':').map(Number) as [number, number, number];
  return Math.round((hour * 3600 + minute * 60 + second) * 1e6);
}

/** A decimal times 10^scale, rounded half away from zero. */
function decimal(value: string, scale: number): string {
  if (!/\d/.test(value)) return 'failure';
  const [whole = '', fraction = ''] = value.replace('-', '').split('.');
  const kept = BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale));
  const magnitude = kept + (Number(fraction[scale] ?? '0') >= 5 ? 1n : 0n);
  if (magnitude >= 10n ** 38n) return 'failure';
  return String(value.startsWith('-') ? -magnitude : magnitude);
}

describe('coerceAsDlt', () => {
  it.each(DATA_TYPES)('gives for each value what dlt stores in a %s column', (dataType) => {
    const outcomes = cases.filter(({ to }) => to[dataType] !== 'error');
    expect(outcomes.map((given) => [given.kind, given.value, coerced(given, dataType)])).toEqual(
      outcomes.map((given) => [given.kind, given.value, wanted(given, dataType)]),
    );
  });

  it('fails by integers that dlt cannot write', () => {
    for (const digits of ['18446744073709551616', '-9223372036854775809', '1e400']) {
      const reasons: string[] = [];
      coerceAsDlt('hugeint', digits, { dataType: 'text' }, (reason) => reasons.push(reason));
      expect(reasons).toHaveLength(1);
    }
    const value = coerceAsDlt('hugeint', '9223372036854775808', { dataType: 'text' }, failed);
    expect(value).toBe('9223372036854775808');
  });

  it('keeps what DuckDB makes of the digits of a second that dlt writes', () => {
    const at = '2024-01-01T00:00:00.9995';
    const micros = isoMicros(at) as bigint;
    const inColumn = (precision: number): unknown =>
      coerceAsDlt('text', at, { dataType: 'timestamp', timezone: false, precision }, failed);
    expect(inColumn(0)).toBe(micros + 500n);
    expect(inColumn(3)).toBe(micros + 500n);
    expect(inColumn(6)).toBe(micros);
    expect(inColumn(9)).toBe(micros * 1000n);
  });
});

describe('isoMicros', () => {
  it('reads the texts that dlt takes for datetimes, and no other', () => {
    const texts = cases.filter(({ kind }) => kind === 'text' || kind === 'timestamp');
    for (const { kind, value } of texts)
      expect([value, isoMicros(value as string) !== undefined]).toEqual([
        value,
        kind === 'timestamp',
      ]);
  });
});
