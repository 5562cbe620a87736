import { describe, it } from 'vitest';
import { destinationChecks } from 'sluice/testing';
import { startS3 } from '../files/s3-server.js';
import { describePostgres, startPostgres } from '../postgres/server.js';
import { lakesOf } from './lakes.js';

const s3 = await startS3();

describePostgres(
  await startPostgres('ducklake'),
  (server) => {
    for (const { name: catalog, make } of lakesOf(server, s3))
      describe(`with its catalog in ${catalog}`, () => {
        for (const { name, run } of destinationChecks(make)) it(name, run);
      });
  },
  'ducklake()',
);
