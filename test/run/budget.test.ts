import { describe, expect, it } from 'vitest';
import { budget } from '#src/run/budget.js';
import { memoryBytes } from '#src/run/memory-bytes.js';
import { duckdb, pipeline } from 'sluice';

const MB = 1e6;

describe('memoryBytes', () => {
  it.each([
    ['256MB', 256 * MB],
    ['1.5 GB', 1_500 * MB],
    ['128MiB', 128 * 1024 ** 2],
    ['1GiB', 1024 ** 3],
    [128 * MB, 128 * MB],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])('reads %s', (memory, bytes) => {
    expect(memoryBytes(memory)).toBe(bytes);
  });

  it.each(['256', '256mb', '256 M', 'MB', '-1GB', '1e3MB', '1GB of it', '1,000MB'])(
    'refuses %s, which is no amount of memory',
    (memory) => {
      expect(() => memoryBytes(memory)).toThrow(
        `\`memory\` is ${JSON.stringify(memory)}, which is no amount of memory. Write a number and a unit (MB, GB, TB, MiB, GiB, TiB), for example 256MB or 1GiB`,
      );
    },
  );

  it('refuses less than 128 MB', () => {
    expect(() => memoryBytes('127MB')).toThrow(
      '`memory` is 127MB, and a load needs at least 128MB',
    );
    expect(() => memoryBytes(1_000)).toThrow('`memory` is 1,000 bytes, and a load needs at least');
  });
});

describe('budget', () => {
  it('leaves every owner its own limit where no memory is given', () => {
    expect(budget()).toEqual({
      bodyBytes: 32 * 1024 ** 2,
      inFlightBytes: 16 * 1024 ** 2,
      batchBytes: 6 * 1024 ** 2,
      largestBatchBytes: Number.POSITIVE_INFINITY,
      waitingBytes: 8 * 1024 ** 2,
      spareBytes: 24 * 1024 ** 2,
      destination: null,
    });
  });

  it('keeps what is held at once below the memory that is given', () => {
    for (const memory of [128 * MB, 256 * MB, 1_000 * MB]) {
      const { bodyBytes, inFlightBytes, spareBytes, destination } = budget(memory);
      const { stagedBytes = 0, databaseBytes = 0 } = destination ?? {};
      const held = inFlightBytes + spareBytes + stagedBytes + databaseBytes;
      expect([bodyBytes, held < memory / 2]).toEqual([memory / 64, true]);
    }
  });
});

describe('pipeline({ memory })', () => {
  const made = (options: object): unknown =>
    pipeline({ name: 'shop', destination: duckdb(':memory:'), ...options });

  it('refuses what is no amount of memory, and batches that are too large for it', () => {
    expect(() => made({ memory: '256mb' })).toThrow('`memory` is "256mb"');
    expect(() => made({ memory: true })).toThrow('memory');
    expect(() => made({ memory: '256MB', batch: { bytes: 32 * MB } })).toThrow(
      '`batch.bytes` of pipeline() is 32,000,000, and a batch has at most 16,000,000 of `memory` (a sixteenth). Lower `batch.bytes`, or raise `memory`.',
    );
    expect(() => made({ memory: '1GB', batch: { bytes: 32 * MB } })).not.toThrow();
  });
});
