import { describe, it } from 'vitest';
import { destinationChecks } from 'sluice/testing';
import { startBuckets } from '../files/bucket-servers.js';
import { MANY } from '../many-rows.js';
import { describePostgres, startPostgres } from '../postgres/server.js';
import { lakesOf } from './lakes.js';

const [bucket] = await startBuckets(['S3']);
const s3 = bucket?.config.s3?.endpoint ?? null;

describePostgres(
  await startPostgres('ducklake'),
  (server) => {
    for (const { name: catalog, make } of lakesOf(server, s3))
      describe(`with its catalog in ${catalog}`, () => {
        for (const { name, run } of destinationChecks(make, MANY)) it(name, run);
      });
  },
  'ducklake()',
);
