import { describe, it } from 'vitest';
import { destinationChecks } from 'sluice/testing';
import { describePostgres, startPostgres } from '../postgres/server.js';
import { lakesOf } from './lakes.js';

describePostgres(
  await startPostgres('ducklake'),
  (server) => {
    for (const { name: catalog, make } of lakesOf(server))
      describe(`with its catalog in ${catalog}`, () => {
        for (const { name, run } of destinationChecks(make)) it(name, run);
      });
  },
  'ducklake()',
);
