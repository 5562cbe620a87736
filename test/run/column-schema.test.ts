import { describe, expect, it, onTestFinished } from 'vitest';
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

function columnsIn(properties: object, more: object = {}): unknown {
  return jsonSchemaHints({ type: 'object', properties, ...more }).columns;
}

describe('jsonSchemaHints', () => {
  it('gives the types of properties, nested ones too, and what is never null', () => {
    expect(jsonSchemaHints({ ...schema })).toEqual({
      columns: {
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
      },
      nestedHints: {},
      directNames: new Map([
        ['buyer__name', 'buyer▶name'],
        ['buyer__age', 'buyer▶age'],
      ]),
    });
  });

  it('gives the columns of child tables, by their lists', () => {
    const text = { type: 'string' };
    const properties = {
      id: { type: 'integer' },
      items: {
        type: ['array', 'null'],
        items: {
          type: 'object',
          required: ['sku'],
          properties: { sku: text, parts: { type: 'array', items: { $ref: '#/$defs/part' } } },
        },
      },
      days: { items: { type: 'string', format: 'date' } },
      grid: { type: 'array', items: { type: 'array', items: { type: 'number' } } },
      buyer: { type: 'object', properties: { phones: { type: 'array', items: text } } },
      pair: { type: 'array', prefixItems: [text, { type: 'integer' }] },
    };
    const part = {
      type: 'object',
      properties: { weight: { type: 'number' }, parts: { items: { $ref: '#/$defs/part' } } },
    };
    expect(jsonSchemaHints({ type: 'object', properties, $defs: { part } })).toEqual({
      columns: { id: { dataType: 'bigint' } },
      nestedHints: {
        items: { columns: { sku: { dataType: 'text', nullable: false } } },
        items__parts: { columns: { weight: { dataType: 'double' } } },
        days: { columns: { value: { dataType: 'date' } } },
        grid__list: { columns: { value: { dataType: 'double' } } },
        buyer__phones: { columns: { value: { dataType: 'text' } } },
      },
      directNames: new Map([
        ['items__parts', 'items▶parts'],
        ['grid__list', 'grid▶list'],
        ['buyer__phones', 'buyer▶phones'],
      ]),
    });
  });

  it('gives no type to a property of several types, but a double to all numbers', () => {
    const hints = columnsIn({
      number: { oneOf: [{ type: 'integer' }, { type: 'number' }] },
      either: { anyOf: [{ type: 'string' }, { type: 'object', properties: { a: {} } }] },
      list: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    });
    expect(hints).toEqual({ number: { dataType: 'double' } });
  });

  it('takes the columns of several objects together', () => {
    const option = (kind: string, key: string, type: string): object => ({
      type: 'object',
      required: ['kind', key],
      properties: { kind: { const: kind }, [key]: { type }, at: { type } },
    });
    const anyOf = [option('a', 'x', 'integer'), option('b', 'y', 'string')];
    expect(columnsIn({ either: { anyOf } }, { required: ['either'] })).toEqual({
      either__kind: { dataType: 'text', nullable: false },
      either__x: { dataType: 'bigint' },
      either__y: { dataType: 'text' },
    });
    expect(jsonSchemaHints({ anyOf }).columns).toMatchObject({ x: { dataType: 'bigint' } });
  });

  it('takes all parts of a schema together', () => {
    const base = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };
    expect(
      jsonSchemaHints({
        allOf: [{ $ref: '#/$defs/base' }, { properties: { note: { type: 'string' } } }],
        required: ['note'],
        $defs: { base },
      }).columns,
    ).toEqual({
      id: { dataType: 'bigint', nullable: false },
      note: { dataType: 'text', nullable: false },
    });
  });

  it('knows the types of values, and the formats of OpenAPI', () => {
    const hints = columnsIn(
      {
        state: { enum: ['open', 'paid', null] },
        one: { const: 1 },
        mixed: { enum: ['a', 1] },
        bytes: { type: 'string', format: 'byte' },
        price: { type: 'string', format: 'decimal', nullable: true },
        uuid: { type: 'string', format: 'uuid' },
      },
      { required: ['state', 'one', 'price'] },
    );
    expect(hints).toEqual({
      state: { dataType: 'text' },
      one: { dataType: 'bigint', nullable: false },
      bytes: { dataType: 'binary' },
      price: { dataType: 'decimal' },
      uuid: { dataType: 'text' },
    });
  });

  it('refuses a schema without properties, and a reference that leads nowhere', () => {
    expect(() => jsonSchemaHints({ type: 'object' })).toThrow(/describes no properties/);
    const lost = { type: 'object', properties: { a: { $ref: '#/$defs/b' } } };
    expect(() => jsonSchemaHints(lost)).toThrow(/`a` of the schema refers to "#\/\$defs\/b"/);
  });

  it('follows no schema within itself, since columns would have no end', () => {
    const left = { anyOf: [{ $ref: '#' }, { type: 'null' }] };
    const tree = { n: { type: 'integer' }, left, right: { $ref: '#' }, below: { items: left } };
    expect(jsonSchemaHints({ type: 'object', properties: tree })).toEqual({
      columns: { n: { dataType: 'bigint' } },
      nestedHints: {},
      directNames: new Map(),
    });
  });

  it('refuses more columns than any table has', () => {
    const many = Object.fromEntries(
      Array.from({ length: 101 }, (_, i) => [`c${i}`, { type: 'string' }]),
    );
    const properties = Object.fromEntries(
      Object.keys(many).map((key) => [key, { type: 'object', properties: many }]),
    );
    expect(() => columnsIn(properties)).toThrow(/more than 10000 columns/);
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

  it('are those of child tables too, beneath what is declared of these', async () => {
    const items = {
      type: 'array',
      items: {
        type: 'object',
        required: ['at'],
        properties: { at: { type: 'string', format: 'date' }, n: { type: 'integer' } },
      },
    };
    const notices: string[] = [];
    const loading = pipeline({ name: 'p', destination: duckdb(':memory:') });
    await loading.run([{ items: [{ at: '2024-01-02' }] }], {
      table: 't',
      columns: { type: 'object', properties: { items, never: { type: 'string' } } },
      nestedHints: { items: { columns: { n: { dataType: 'double' } } } },
      observe: (event) => event.kind === 'notice' && notices.push(event.message),
    });
    const { t__items: table } = await loading.dataset().schema();
    await loading.close();
    expect(table?.columns.slice(0, 2).map((one) => [one.name, one.dataType])).toEqual([
      ['at', 'date'],
      ['n', 'double'],
    ]);
    expect(notices).toEqual([]);
  });

  it('check rows where that is asked for, and say which one they refuse', async () => {
    const columns = standard(true);
    expect(await columnsOf([{ n: 1 }], { columns, validate: true })).toEqual(['n DOUBLE']);
    await expect(columnsOf([{ n: 1 }, { n: -1 }], { columns, validate: true })).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_SLUICE_SCHEMA',
        message:
          'Resource t, page 1, row 2 does not match the schema in `columns`: `n`: must be positive. Correct the schema, or leave out `validate`.',
      }),
    );
  });

  it('check rows by a Standard Schema that does not say its types', async () => {
    const columns = standard(false);
    expect(await columnsOf([{ n: 1 }], { columns, validate: true })).toEqual(['n BIGINT']);
    await expect(columnsOf([{ n: 0 }], { columns, validate: true })).rejects.toThrow(/positive/);
  });

  it('refuse rows that a Standard Schema checks later, whatever becomes of its promise', async () => {
    const rejected: unknown[] = [];
    const note = (reason: unknown): void => void rejected.push(reason);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));
    const validate = async (): Promise<never> => Promise.reject(new Error('lost'));
    const columns = { '~standard': { version: 1, vendor: 'slow', validate } } as const;
    await expect(columnsOf([{ n: 1 }], { columns, validate: true })).rejects.toThrow(
      /`validate`: the schema of slow validates asynchronously/,
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejected).toEqual([]);
  });

  it('check rows by a JSON Schema, with its formats and choices', async () => {
    const columns = {
      type: 'object',
      required: ['id'],
      properties: {
        id: { type: 'integer', minimum: 1 },
        mail: { type: 'string', format: 'email' },
        items: { type: 'array', items: { type: 'object', required: ['sku'], properties: {} } },
        code: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      },
      additionalProperties: false,
    };
    const refused = async (row: object): Promise<string> =>
      columnsOf([{ id: 1 }, row], { columns, validate: true }).then(
        () => '',
        (error: unknown) => /`columns`: (.*) Correct/.exec((error as Error).message)?.[1] ?? '',
      );
    expect(await refused({ id: 2n ** 60n, mail: 'a@b.org', items: [{ sku: 1 }] })).toBe('');
    expect(await refused({ id: 0 })).toBe('`id`: 0 is less than 1.');
    expect(await refused({})).toBe('the row: Instance does not have required property "id".');
    expect(await refused({ id: 2, mail: 'a' })).toMatch(/^`mail`: .*"email"\.$/);
    expect(await refused({ id: 2, items: [{ sku: 1 }, {}] })).toMatch(/^`items\.1`: .*"sku"\.$/);
    expect(await refused({ id: 2, code: 3 })).toMatch(/^`code`: .*any subschemas\.$/);
    expect(await refused({ id: 2, other: 3 })).toMatch(/^the row: Property "other" does not match/);
  });

  it('check rows by the draft that the schema names', async () => {
    const columns = {
      $schema: 'http://json-schema.org/draft-04/schema#',
      type: 'object',
      properties: { n: { type: 'integer', minimum: 1, exclusiveMinimum: true } },
    };
    await expect(columnsOf([{ n: 1 }], { columns, validate: true })).rejects.toThrow(/`n`: /);
  });

  it('name themselves where they cannot check rows', async () => {
    await expect(
      columnsOf([{ n: 1 }], { columns: { n: { dataType: 'text' } }, validate: true }),
    ).rejects.toThrow(/`validate` needs a schema of rows in `columns`/);
    const columns = { type: 'object', properties: { n: { not: { $ref: '#/lost' } } } };
    await expect(columnsOf([{ n: 1 }], { columns, validate: true })).rejects.toThrow(
      /Resource t, page 1, row 1: `validate` threw: Unresolved \$ref "#\/lost"/,
    );
  });

  it('are taken for resources of an API, over those of the defaults', async () => {
    const source = restSource({
      client: { baseUrl: 'http://127.0.0.1:9/' },
      resourceDefaults: { columns: schema, validate: true },
      resources: [{ name: 't', data: [], columns: { price: { dataType: 'decimal' } } }],
    });
    expect(source.resources[0]).toMatchObject({
      columns: { id: { dataType: 'bigint', nullable: false }, price: { dataType: 'decimal' } },
    });
    expect(source.resources[0]?.rowValidator?.({ id: 'x' })).toMatch(/^`id`: /);
  });

  it('check rows of an API as processing steps give them, and leave them as they were sent', async () => {
    const source = restSource({
      client: { baseUrl: 'http://127.0.0.1:9/' },
      resources: [
        {
          name: 't',
          data: [{ n: '5' }, { n: 'x' }],
          processingSteps: [{ filter: (row) => row['n'] !== 'x' }],
          columns: { type: 'object', properties: { n: { type: 'string', pattern: '^[0-9]$' } } },
          validate: true,
        },
      ],
    });
    const loading = pipeline({ name: 'p', destination: duckdb(':memory:') });
    const { tables } = await loading.run(source);
    await loading.close();
    expect(tables).toEqual({ t: 1 });
  });
});
