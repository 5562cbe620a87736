import type { Engine } from './engine.js';
import type { Borrowed } from './registry.js';

/** Engines on one database that is elsewhere. */
export interface EnginePool {
  /** A load has an engine to itself; whoever reads shares one, which no load has. */
  take(use: 'load' | 'read'): Promise<Borrowed>;
  /** Closes all of them, which nobody may use any more. */
  end(): Promise<void>;
}

/**
 * Keeps engines for the next use. What `open` opens has nothing remembered yet; `refresh` makes an
 * engine forget tables that others may have changed since its last use.
 */
export function enginePool(
  open: () => Promise<Engine>,
  refresh: (engine: Engine) => Promise<unknown>,
): EnginePool {
  const idle: Engine[] = [];
  let reading: { engine: Promise<Engine>; users: number } | undefined;

  async function next(): Promise<Engine> {
    const kept = idle.pop();
    if (kept === undefined) return open();
    try {
      await refresh(kept);
      return kept;
    } catch {
      // Its thread has ended.
      await kept.close().catch(() => undefined);
      return open();
    }
  }

  async function borrow(
    engine: Promise<Engine>,
    left: (engine: Engine) => void,
  ): Promise<Borrowed> {
    const own = await engine;
    let isReleased = false;
    return {
      engine: own,
      async release() {
        if (!isReleased) left(own);
        isReleased = true;
      },
    };
  }

  return {
    async take(use) {
      if (use === 'load') return borrow(next(), (engine) => idle.push(engine));
      const shared = (reading ??= { engine: next(), users: 0 });
      shared.users += 1;
      const left = (): boolean => {
        shared.users -= 1;
        if (shared.users === 0) reading = undefined;
        return shared.users === 0;
      };
      try {
        return await borrow(shared.engine, (engine) => void (left() && idle.push(engine)));
      } catch (error) {
        left();
        throw error;
      }
    },
    async end() {
      await Promise.all(idle.splice(0).map((engine) => engine.close()));
    },
  };
}
