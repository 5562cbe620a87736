import { describe, it } from 'vitest';
import { postgres } from 'sluice';
import { destinationChecks } from 'sluice/testing';
import { startPostgres } from './server.js';

const server = await startPostgres();

describe.runIf(server !== null)('postgres()', () => {
  const config = server?.config ?? { database: '' };
  for (const { name, run } of destinationChecks(() => postgres(config)))
    it(name, async () => {
      await (await server?.empty())?.close();
      await run();
    });
});
