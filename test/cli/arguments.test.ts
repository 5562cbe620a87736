import { describe, expect, it } from 'vitest';
import { readArguments } from '#src/cli/arguments.js';
import { ConfigError } from '#src/errors.js';

describe('readArguments', () => {
  it('fills what `run` leaves out with nulls', () => {
    expect(readArguments(['run', 'coalesce'])).toEqual({
      kind: 'run',
      source: 'coalesce',
      db: null,
      destination: null,
      pipeline: null,
      dataset: null,
      resources: null,
      set: {},
      schema: null,
      incomplete: 'warn',
      memory: null,
      restart: false,
      json: false,
      quiet: false,
    });
  });

  it('reads every option of `run`', () => {
    const args =
      'run assembled --db a.duckdb --destination duckdb --pipeline p --dataset d --resources people,teams --set start_time=2026-01-01 --set x=a=b --schema s.yaml --incomplete fail --memory 1GiB --restart --json --quiet';
    expect(readArguments(args.split(' '))).toEqual({
      kind: 'run',
      source: 'assembled',
      db: 'a.duckdb',
      destination: 'duckdb',
      pipeline: 'p',
      dataset: 'd',
      resources: ['people', 'teams'],
      set: { start_time: '2026-01-01', x: 'a=b' },
      schema: 's.yaml',
      incomplete: 'fail',
      memory: '1GiB',
      restart: true,
      json: true,
      quiet: true,
    });
  });

  it.each([
    [[], { kind: 'help', topic: null }],
    [['--help'], { kind: 'help', topic: null }],
    [
      ['types', 'a.duckdb'],
      { kind: 'types', destination: 'a.duckdb', dataset: null, out: null, check: false },
    ],
    [
      ['schema', 'a.duckdb', '--format', 'json', '--dataset', 'd', '--schema', 's'],
      { kind: 'schema', destination: 'a.duckdb', dataset: 'd', schema: 's', format: 'json' },
    ],
    [['types', '--help'], { kind: 'help', topic: 'types' }],
    [['schema', '-h'], { kind: 'help', topic: 'schema' }],
    [['run', '--help'], { kind: 'help', topic: 'run' }],
    [['sandbox', '-h'], { kind: 'help', topic: 'sandbox' }],
    [['--version'], { kind: 'version' }],
    [['run', '--version'], { kind: 'version' }],
    [['sandbox'], { kind: 'sandbox', port: null, rateScale: 1 }],
    [
      ['sandbox', '--port', '8700', '--rate-scale', '50'],
      { kind: 'sandbox', port: 8700, rateScale: 50 },
    ],
    [
      ['extensions', 'install', 'postgres', 'httpfs', '--folder', 'ext'],
      { kind: 'extensions', names: ['postgres', 'httpfs'], folder: 'ext' },
    ],
  ])('reads %j', (args, command) => {
    expect(readArguments(args)).toEqual(command);
  });

  it.each([
    [['load'], 'no command `load`'],
    [['shop.ts'], 'To load this file: sluice run shop.ts.'],
    [['sandbx'], 'Did you mean `sandbox`?'],
    [['run'], 'needs a source'],
    [['run', 'a', 'b'], 'takes one source'],
    [['run', 'a', '--bd', 'x'], "Unknown option '--bd'"],
    [['run', 'a', '--db'], '--db'],
    [['schema'], 'needs the path of a database file, or a destination'],
    [['schema', 'a', '--destination', 'b'], 'takes one database file or destination; found b, a.'],
    [['run', 'a', '--db='], '--db is empty'],
    [['run', 'a', '--incomplete', 'ignore'], '--incomplete takes warn or fail; found ignore'],
    [['run', 'a', '--set', 'novalue'], '--set takes name=value'],
    [['run', 'a', '--resources', ','], '--resources'],
    [['sandbox', '--port', 'x'], '--port takes a port'],
    [['sandbox', '--rate-scale', '0'], '--rate-scale'],
    [['sandbox', 'now'], 'takes no arguments'],
    [['extensions'], 'found nothing'],
    [
      ['extensions', 'install', 'spatial'],
      'takes names of postgres, ducklake, motherduck, httpfs, azure',
    ],
  ])('rejects %j with one sentence', (args, part) => {
    expect(() => readArguments(args)).toThrow(ConfigError);
    expect(() => readArguments(args)).toThrow(part);
  });

  it.each([['run'], ['schema']])('keeps addresses out of the messages of %s', (command) => {
    expect(() => readArguments([command, 'a', 'postgres://me:hidden@db/shop'])).toThrow(
      /^(?!.*hidden).*; found a, postgres:…\.$/,
    );
  });

  it('keeps the value of a malformed --set out of the message', () => {
    expect(() => readArguments(['run', 'a', '--set', 'hush-hush'])).toThrow(/^(?!.*hush)/);
  });
});
