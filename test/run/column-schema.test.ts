import { describe, expect, it } from 'vitest';
import { jsonSchemaHints } from '#src/run/json-schema-hints.js';
import { duckdb, type JsonSchema, pipeline, restSource, type RowsConfig } from 'sluice';

const schema = {
  type: 'object',
  required: ['id', 'at', 'buyer', 'note'],
  properties: {
    id: { type: 'integer' },
    price: { type: ['number', 'null'] },
    paid: { type: 'boolean' },
    note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    at: { type: 'string', format: 'date-time' },
    day: { type: 'string', format: 'date' },
    opens: { type: 'string', format: 'time' },
    photo: { type: 'string', contentEncoding: 'base64' },
    buyer: { $ref: '#/$defs/buyer' },
    lines: { type: 'array', items: { type: 'object' } },
    either: { type: ['string', 'integer'] },
    any: {},
  },
  $defs: {
    buyer: {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string' }, age: { type: 'integer' } },
    },
  },
} as const satisfies JsonSchema;

/** A Standard Schema as a library would make it: numbers called `n` must be positive. */
function standard(types: boolean): NonNullable<RowsConfig['columns']> {
  return {
    '~standard': {
      version: 1,
      vendor: 'tests',
      validate: (value: unknown) => {
        const { n } = value as { n: number };
        return n > 0 ? { value } : { issues: [{ message: 'must be positive', path: ['n'] }] };
      },
      ...(types && {
        jsonSchema: {
          input: () => ({ type: 'object', properties: { n: { type: 'number' } } }),
          output: () => ({}),
        },
      }),
    },
  };
}

async function columnsOf(rows: readonly object[], config: Partial<RowsConfig>): Promise<unknown> {
  const loading = pipeline({ name: 'p', destination: duckdb(':memory:') });
  try {
    await loading.run(rows, { table: 't', ...config });
    const types = await loading.dataset().query<{ column: string }>(
      `SELECT column_name || ' ' || data_type || CASE WHEN is_nullable THEN '' ELSE ' NOT NULL' END AS column
         FROM duckdb_columns() WHERE table_name = 't' AND NOT starts_with(column_name, '_dlt') ORDER BY column_index`,
    );
    return types.map(({ column }) => column);
  } finally {
    await loading.close();
  }
}

describe('jsonSchemaHints', () => {
  it('gives the types of properties, nested ones too, and what is never null', () => {
    expect(jsonSchemaHints({ ...schema })).toEqual({
      id: { dataType: 'bigint', nullable: false },
      price: { dataType: 'double' },
      paid: { dataType: 'bool' },
      note: { dataType: 'text' },
      at: { dataType: 'timestamp', nullable: false },
      day: { dataType: 'date' },
      opens: { dataType: 'time' },
      photo: { dataType: 'binary' },
      buyer__name: { dataType: 'text', nullable: false },
      buyer__age: { dataType: 'bigint' },
    });
  });

  it('refuses a schema without properties, and a reference that leads nowhere', () => {
    expect(() => jsonSchemaHints({ type: 'object' })).toThrow(/describes no properties/);
    const lost = { type: 'object', properties: { a: { $ref: '#/$defs/b' } } };
    expect(() => jsonSchemaHints(lost)).toThrow(/`a` of the schema refers to "#\/\$defs\/b"/);
  });

  it('ends where definitions refer to themselves', () => {
    const round = { type: 'object', properties: { n: { type: 'integer' }, next: { $ref: '#' } } };
    expect(Object.keys(jsonSchemaHints(round))).toContain('next__next__n');
  });
});

describe('columns from a schema', () => {
  it('have its types, whether values come or not', async () => {
    const rows = [{ id: 1, at: '2024-01-01T00:00:00Z', buyer: { name: '2024-01-01T00:00:00Z' } }];
    expect(await columnsOf(rows, { columns: schema })).toEqual([
      'id BIGINT NOT NULL',
      'price DOUBLE',
      'paid BOOLEAN',
      'note VARCHAR',
      'at TIMESTAMP WITH TIME ZONE NOT NULL',
      'day DATE',
      'opens TIME',
      'photo BLOB',
      'buyer__name VARCHAR NOT NULL',
      'buyer__age BIGINT',
    ]);
  });

  it('are those that a Standard Schema says', async () => {
    expect(await columnsOf([{ n: 1 }], { columns: standard(true) })).toEqual(['n DOUBLE']);
  });

  it('need a Standard Schema that says its types', async () => {
    await expect(columnsOf([{ n: 1 }], { columns: standard(false) })).rejects.toThrow(
      /the schema of tests does not say its types/,
    );
  });

  it('are validated where that is asked for', async () => {
    const columns = standard(true);
    expect(await columnsOf([{ n: 1 }], { columns, validate: true })).toEqual(['n DOUBLE']);
    await expect(columnsOf([{ n: 1 }, { n: -1 }], { columns, validate: true })).rejects.toThrow(
      /does not match the schema in `columns`: `n`: must be positive/,
    );
    await expect(columnsOf([{ n: 1 }], { columns: schema, validate: true })).rejects.toThrow(
      /`validate` needs a Standard Schema/,
    );
  });

  it('are taken for resources of an API, over those of the defaults', async () => {
    const source = restSource({
      client: { baseUrl: 'http://127.0.0.1:9/' },
      resourceDefaults: { columns: schema },
      resources: [{ name: 't', data: [], columns: { price: { dataType: 'decimal' } } }],
    });
    expect(source.resources[0]?.columns).toMatchObject({
      id: { dataType: 'bigint', nullable: false },
      price: { dataType: 'decimal' },
    });
  });
});
