import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  nextState,
  NO_STATE,
  readState,
  stateHash,
  stateText,
  withoutResources,
} from '#src/destination/pipeline-state.js';
import { dltStateText } from './duckdb/dlt-dataset.js';

const owner = {
  pipeline: 'shop_pipe',
  dataset: 'shop_data',
  schema: 'shop',
  destinationType: 'dlt.destinations.duckdb',
};
const stored = readState(dltStateText);
const cursor = (last_value: string | number) => ({
  resource: 'orders',
  cursorPath: 'updated_at',
  state: { initial_value: null, last_value, unique_hashes: [], start_value: null },
});

describe('the state of a pipeline', () => {
  it('is read as dlt wrote it, and has dlt’s hash', () => {
    expect(stored.sources.shop?.resources?.orders?.incremental?.updated_at).toEqual({
      initial_value: '2020-01-01T00:00:00Z',
      last_value: '2024-01-02T00:00:00Z',
      unique_hashes: ['Tp44cKMYfAuJ'],
      start_value: '2020-01-01T00:00:00Z',
    });
    expect(stateHash(stored)).toBe(stored._version_hash);
  });

  it('is read uncompressed too', () => {
    const json = inflateSync(Buffer.from(dltStateText, 'base64')).toString();
    expect(readState(json)).toEqual(stored);
  });

  it('is not written where nothing changed', () => {
    expect(nextState(stored, owner, [])).toBeNull();
    const same = stored.sources.shop?.resources?.orders?.incremental?.updated_at;
    expect(nextState(stored, owner, [{ ...cursor(1), state: { ...same! } }])).toBeNull();
  });

  it('has the next version and a new hash once a cursor moved', () => {
    const next = nextState(stored, owner, [cursor('2025-01-01')])!;
    expect(next._state_version).toBe(2);
    expect(next._version_hash).toBe(stateHash(next));
    expect(next.sources.shop?.resources?.orders?.incremental?.updated_at?.last_value).toBe(
      '2025-01-01',
    );
    expect(readState(stateText(next))).toEqual(next);
  });

  it('keeps what others keep of a resource', () => {
    const before = {
      sources: { shop: { own: 1, resources: { orders: { mine: [2] } } }, other: { x: 3 } },
    };
    expect(nextState(before, owner, [cursor(5)])?.sources).toEqual({
      shop: {
        own: 1,
        resources: { orders: { mine: [2], incremental: { updated_at: cursor(5).state } } },
      },
      other: { x: 3 },
    });
  });

  it('keeps the spelling of a number that stays the same', () => {
    const last = '{"initial_value":null,"last_value":1.0,"unique_hashes":[],"start_value":null}';
    const before = readState(
      `{"sources":{"shop":{"resources":{"orders":{"incremental":{"updated_at":${last}}}}}}}`,
    );
    const next = nextState(before, owner, [cursor(1)])!;
    expect(inflateSync(Buffer.from(stateText(next), 'base64')).toString()).toContain(last);
  });

  it('begins with version 1, and without sources where none keeps anything', () => {
    const first = nextState(NO_STATE, owner, [])!;
    expect(JSON.parse(inflateSync(Buffer.from(stateText(first), 'base64')).toString())).toEqual({
      _state_version: 1,
      _state_engine_version: 4,
      _version_hash: stateHash(first),
      pipeline_name: 'shop_pipe',
      dataset_name: 'shop_data',
      default_schema_name: 'shop',
      schema_names: ['shop'],
      destination_type: 'dlt.destinations.duckdb',
      destination_name: null,
    });
  });

  it('loses what is dropped and nothing else', () => {
    const two = nextState(stored, owner, [{ ...cursor(1), resource: 'log' }])!;
    expect(
      Object.keys(withoutResources(two, 'shop', ['log']).sources.shop?.resources ?? {}),
    ).toEqual(['orders']);
    expect(withoutResources(two, 'shop', 'all').sources).toEqual({});
    expect(withoutResources(two, 'other', 'all')).toBe(two);
  });
});
