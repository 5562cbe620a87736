import type { EngineDestinationConfig } from './engine-destination.js';
import type { Engine } from './engine.js';

/** Opens a database when it is first used; it is open until the end. */
export function openOnce(
  open: () => Promise<Engine>,
): Pick<EngineDestinationConfig, 'take' | 'end'> {
  let opening: Promise<Engine> | undefined;
  return {
    async take() {
      const taken = (opening ??= open());
      try {
        return { engine: await taken, release: () => Promise.resolve() };
      } catch (error) {
        if (opening === taken) opening = undefined;
        throw error;
      }
    },
    async end() {
      const closing = opening;
      opening = undefined;
      await closing?.then((engine) => engine.close());
    },
  };
}
