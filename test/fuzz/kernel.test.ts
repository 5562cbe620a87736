import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { openShape, type WalkedTable } from '#operators/columns/walk.js';
import { locate } from '#operators/json/locate.js';
import { JsonError } from 'sluice';
import { leavesOf, walkedLeaves } from '../support/leaves.js';
import { seededRandom } from '../support/seeded-random.js';
import { walked } from '../support/walked.js';
import { firstFault } from './first-fault.js';

/**
 * Documents of `npm test`, always the same; `npm run test:fuzz` makes more and others. Half of them
 * are others with a few bytes changed.
 */
const DOCUMENTS = Number(process.env['FUZZ_DOCUMENTS'] ?? 400);
const SEED = process.env['FUZZ_DOCUMENTS'] === undefined ? 12 : Date.now() % 2 ** 32;

/** Documents that one shape reads. */
const TOGETHER = 8;

const encoder = new TextEncoder();
/** Drops a byte order mark before a document, which is no part of it (RFC 8259, section 8.1). */
const strict = new TextDecoder('utf-8', { fatal: true });

const PIECES = [
  'a',
  'é',
  '€',
  '😀',
  'long text beyond sixteen bytes',
  '\\n',
  '\\"',
  '\\\\',
  '\\/',
  '\\u0041',
  '\\u0000',
  '\\ud83d\\ude00',
  '\\ud800',
  '\\udc00',
  '\\u20AC',
  '\u007f',
  '\u2028',
  '\ufeff',
  '2024-01-02T03:04:05Z',
  '2024-01-02',
  ' ',
  '}',
  ']',
  ':',
  ',',
  '{',
  '[',
] as const;
const NUMBERS = [
  '0',
  '-0',
  '-0.0',
  '1',
  '-12',
  '1.5',
  '1e3',
  '1E+3',
  '1e-400',
  '1e400',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775809',
  '0.1',
  '123456789012345678',
  '2.2250738585072011e-308',
  '5e-324',
  '0.30000000000000004',
  '1.7976931348623157e308',
] as const;
const BYTES = [
  0, 0x1f, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x3a, 0x5b, 0x5c, 0x5d, 0x65, 0x7b, 0x7d, 0x80, 0xbf,
  0xc0, 0xc2, 0xe2, 0xed, 0xf0, 0xf4, 0xff, 0x20, 0x0a,
] as const;

/** Writes documents of many shapes. */
function writer(next: () => number): () => string {
  const below = (count: number): number => Math.floor(next() * count);
  const of = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const blank = (): string =>
    next() < 0.8 ? '' : of([' ', '\n', '\t', '\r', '  \n ', ' '.repeat(below(40))]);
  const string = (): string => `"${Array.from({ length: below(4) }, () => of(PIECES)).join('')}"`;
  const key = (): string =>
    next() < 0.7 ? of(['"a"', '"b"', '"\\u0061"', '"value"', '"c d"']) : string();
  const value = (depth: number): string => {
    const kind = next();
    if (depth > 0 && kind < 0.2)
      return `{${blank()}${Array.from({ length: below(5) }, () => `${key()}${blank()}:${blank()}${value(depth - 1)}`).join(`${blank()},${blank()}`)}${blank()}}`;
    if (depth > 0 && kind < 0.35)
      return `[${blank()}${Array.from({ length: below(5) }, () => value(depth - 1)).join(`${blank()},${blank()}`)}${blank()}]`;
    if (kind < 0.6) return next() < 0.8 ? of(NUMBERS) : `${(next() - 0.5) * 10 ** below(40)}`;
    if (kind < 0.85) return string();
    return of(['true', 'false', 'null']);
  };
  return () =>
    `${next() < 0.02 ? '\ufeff' : ''}${blank()}${next() < 0.9 ? `[${Array.from({ length: 1 + below(4) }, () => value(4)).join(',')}]` : value(5)}${blank()}`;
}

/** Changes, removes, adds or repeats a few bytes. */
function mutated(bytes: Uint8Array, next: () => number): Uint8Array {
  let changed = [...bytes];
  for (let i = 0; i <= next() * 3; i += 1) {
    const at = Math.floor(next() * (changed.length + 1));
    const byte =
      next() < 0.8
        ? (BYTES[Math.floor(next() * BYTES.length)] as number)
        : Math.floor(next() * 256);
    const way = next();
    if (way < 0.4) changed[at] = byte;
    else if (way < 0.6) changed.splice(at, 1);
    else if (way < 0.8) changed.splice(at, 0, byte);
    else if (way < 0.9) changed = changed.slice(0, at);
    else changed.splice(at, 0, ...changed.slice(at, at + 3));
  }
  return Uint8Array.from(changed);
}

/** Reads rows as columns. */
type Walk = (bytes: Uint8Array) => ReturnType<typeof walked>;

function check(bytes: Uint8Array, walk: Walk): void {
  let parsed: unknown;
  let isValid = true;
  try {
    parsed = JSON.parse(strict.decode(bytes));
  } catch {
    isValid = false;
  }
  let error: unknown;
  let tables: ReturnType<typeof walked> = [];
  try {
    tables = walk(bytes);
  } catch (thrown) {
    error = thrown;
  }
  if (isValid) {
    expect(error).toBeUndefined();
    expectSame(walkedLeaves(tables), leavesOf(rowsOf(parsed)));
    return;
  }
  expect(error).toBeInstanceOf(JsonError);
  const { offset, incomplete } = error as JsonError;
  expect(offset).toBeGreaterThanOrEqual(0);
  expect(offset).toBeLessThanOrEqual(bytes.length);
  // The other way round it need not be so: the walk looks for the document's end first, by quotes
  // and brackets alone.
  if (isUtf8(bytes) && firstFault(bytes) === Infinity) expect(incomplete).toBe(true);
}

/** Anything but a list is one row; null is none. */
function rowsOf(parsed: unknown): unknown[] {
  return (Array.isArray(parsed) ? (parsed as unknown[]) : [parsed]).filter((row) => row !== null);
}

/** Compares at once what is equal almost always: vitest's way takes half of the test's time. */
function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Says every minute of a long run how far it is. */
function progress(): (documents: number) => void {
  let last = Date.now();
  return (documents) => {
    if (Date.now() - last < 60_000) return;
    last = Date.now();
    process.stderr.write(`${documents} of ${DOCUMENTS} documents, seed ${SEED}\n`);
  };
}

/** Runs a check, and names the documents where it fails. */
function named(documents: readonly Uint8Array[], i: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    const texts = documents.map((bytes) => JSON.stringify(Buffer.from(bytes).toString('latin1')));
    throw new Error(`Seed ${SEED}, document ${i}: ${texts.join(' ')}`, { cause: error });
  }
}

it('reads what JSON.parse reads, refuses what it refuses, and knows a document that is cut', () => {
  const next = seededRandom(SEED);
  const document = writer(next);
  const report = progress();
  for (let i = 0; i < DOCUMENTS; i += 2 * TOGETHER) {
    const valid = Array.from({ length: TOGETHER }, () => encoder.encode(document()));
    // What a shape has learnt of some documents it knows in the next, also after one is refused.
    const shape = openShape(() => 'flatten');
    const walk = (bytes: Uint8Array): WalkedTable[] =>
      shape.walk(bytes, locate(bytes, { selectors: ['@'] }).span, null);
    for (const bytes of valid) named(valid, i, () => check(bytes, walk));
    named(valid, i, () => {
      const pages = valid.map((body) => ({
        body,
        span: locate(body, { selectors: ['@'] }).span,
        stamp: null,
      }));
      const rows = valid.flatMap((bytes) => rowsOf(JSON.parse(strict.decode(bytes))));
      expectSame(walkedLeaves(shape.walkTogether(pages)), leavesOf(rows));
    });
    for (const bytes of valid) {
      const changed = mutated(bytes, next);
      named([changed], i, () => check(changed, walk));
    }
    for (const bytes of valid) named([bytes], i, () => check(bytes, walked));
    shape.close();
    report(i);
  }
}, 14_400_000);
