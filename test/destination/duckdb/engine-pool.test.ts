import { describe, expect, it } from 'vitest';
import { type EnginePool, enginePool } from '#src/destination/duckdb/engine-pool.js';
import type { Engine } from '#src/destination/duckdb/engine.js';

/** A pool of engines that are known by their number, and what was done with them. */
function numbered(refresh: () => Promise<unknown> = () => Promise.resolve()): {
  pool: EnginePool;
  done: string[];
  take: (use: 'load' | 'read') => Promise<{ number: number; release: () => Promise<void> }>;
} {
  const engines: Engine[] = [];
  const done: string[] = [];
  const numberOf = (engine: Engine): number => engines.indexOf(engine) + 1;
  const pool = enginePool(
    async () => {
      const engine = {
        close: async () => void done.push(`close ${numberOf(engine)}`),
      } as unknown as Engine;
      engines.push(engine);
      return engine;
    },
    async (engine) => {
      done.push(`refresh ${numberOf(engine)}`);
      return refresh();
    },
  );
  return {
    pool,
    done,
    async take(use) {
      const taken = await pool.take(use);
      return { number: numberOf(taken.engine), release: () => taken.release() };
    },
  };
}

describe('enginePool', () => {
  it('gives each load an engine of its own, and all readers one together', async () => {
    const { take } = numbered();
    const loads = [await take('load'), await take('load')];
    const readers = await Promise.all([take('read'), take('read')]);
    expect([...loads, ...readers].map(({ number }) => number)).toEqual([1, 2, 3, 3]);
  });

  it('gives an engine again that nobody uses, without what it remembered', async () => {
    const { take, done } = numbered();
    const load = await take('load');
    await load.release();
    await load.release();
    const readers = [await take('read'), await take('read')];
    await readers[0]?.release();
    expect((await take('load')).number).toBe(2);
    await readers[1]?.release();
    expect((await take('load')).number).toBe(1);
    expect(done).toEqual(['refresh 1', 'refresh 1']);
  });

  it('opens another engine in place of one that has ended', async () => {
    const { take, done } = numbered(() => Promise.reject(new Error('ended')));
    await (await take('load')).release();
    expect((await take('read')).number).toBe(2);
    expect(done).toEqual(['refresh 1', 'close 1']);
  });

  it('tries again after an engine that cannot be opened', async () => {
    let tries = 0;
    const pool = enginePool(
      () => Promise.reject(new Error(`try ${(tries += 1)}`)),
      () => Promise.resolve(),
    );
    for (const [i, use] of (['read', 'load', 'read'] as const).entries())
      await expect(pool.take(use)).rejects.toThrow(`try ${i + 1}`);
  });

  it('closes what it has kept', async () => {
    const { pool, take, done } = numbered();
    for (const { release } of [await take('load'), await take('read')]) await release();
    await pool.end();
    expect(done).toEqual(['close 1', 'close 2']);
  });
});
