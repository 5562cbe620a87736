import { it } from 'vitest';
import { postgres } from 'sluice';
import { destinationChecks } from 'sluice/testing';
import { MANY } from '../many-rows.js';
import { describePostgres, startPostgres } from './server.js';

describePostgres(await startPostgres(), ({ config, empty }) => {
  for (const { name, run } of destinationChecks(() => postgres(config), MANY))
    it(name, async () => {
      await (await empty()).close();
      await run();
    });
});
