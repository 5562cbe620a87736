import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  type Capabilities,
  type Destination,
  duckdb,
  ducklake,
  files,
  motherduck,
  postgres,
} from 'sluice';
import { destinationChecks } from 'sluice/testing';

const textOf = (path: string): string =>
  readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

/** A destination of the README's table, and the test that runs the checks on it. */
interface Column {
  name: string;
  make: () => Destination;
  /** ● on the real engine, ◐ on a stand-in of the service. */
  mark: '●' | '◐';
  test: string;
}

const COLUMNS: readonly Column[] = [
  {
    name: '`duckdb(path)`',
    make: () => duckdb(':memory:'),
    mark: '●',
    test: 'destination-checks.test.ts',
  },
  {
    name: '`postgres(…)`',
    make: () => postgres({ database: 'shop' }),
    mark: '●',
    test: 'postgres/checks.test.ts',
  },
  {
    name: '`ducklake(…)`',
    make: () => ducklake({ catalog: 'shop.ducklake' }),
    mark: '●',
    test: 'ducklake/checks.test.ts',
  },
  {
    name: '`motherduck(…)`',
    make: () => motherduck('shop', { token: 'hidden' }),
    mark: '◐',
    test: 'motherduck/checks.test.ts',
  },
  {
    name: '`files(folder)`',
    make: () => files('lake'),
    mark: '●',
    test: 'files/checks.test.ts',
  },
  {
    name: '`files(s3://…)`',
    make: () => files('s3://lake', { s3: { accessKeyId: 'a', secretAccessKey: 'b' } }),
    mark: '◐',
    test: 'files/buckets.test.ts',
  },
  {
    name: '`files(gs://…)`',
    make: () =>
      files('gs://lake', { gcs: { clientId: 'a', clientSecret: 'b', refreshToken: 'c' } }),
    mark: '◐',
    test: 'files/buckets.test.ts',
  },
  {
    name: '`files(az://…)`',
    make: () => files('az://lake', { azure: { accountName: 'shop', accountKey: 'aGlkZGVu' } }),
    mark: '◐',
    test: 'files/buckets.test.ts',
  },
];

const FEATURES: readonly [name: string, has: (capabilities: Capabilities) => unknown][] = [
  ['append', ({ dispositions }) => dispositions.includes('append')],
  ['replace', ({ dispositions }) => dispositions.includes('replace')],
  ...(['delete-insert', 'upsert', 'insert-only', 'scd2'] as const).map(
    (strategy): (typeof FEATURES)[number] => [
      `merge: ${strategy}`,
      ({ mergeStrategies = [], dispositions }) =>
        dispositions.includes('merge') && mergeStrategies.includes(strategy),
    ],
  ),
  ...(['drop_sources', 'drop_resources', 'drop_data'] as const).map(
    (refresh): (typeof FEATURES)[number] => [
      `refresh: ${refresh}`,
      (capabilities) => capabilities.refresh?.includes(refresh),
    ],
  ),
  ['commits while it loads, resumes', ({ commits }) => commits],
];

/** The rows of the first table in a text, without the line below its head. */
function tableIn(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('the table of features in the README', () => {
  it('has what destinations can do, by their capabilities, and how many checks each passes', () => {
    const [, section = ''] = textOf('../../README.md').split(/<!-- (?:end of )?features -->/);
    expect(tableIn(section)).toEqual([
      ['', ...COLUMNS.map(({ name }) => name)],
      ...FEATURES.map(([name, has]) => [
        name,
        ...COLUMNS.map(({ make, mark }) => (has(make().capabilities) ? mark : '–')),
      ]),
      [
        'checks that it passes',
        ...COLUMNS.map(({ make }) => String(destinationChecks(make).length)),
      ],
    ]);
  });

  it.each(COLUMNS)('has $name, on which a test runs all of them', ({ name, test }) => {
    const make = /\w+/.exec(name)?.[0] as string;
    expect(textOf(test)).toMatch(/of destinationChecks\(/);
    expect(textOf(test)).toContain(`${make}(`);
  });
});
