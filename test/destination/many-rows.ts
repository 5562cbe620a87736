import type { DestinationChecksConfig } from 'sluice/testing';

/** A million rows where `npm run test:engines` runs, which takes some seconds; else few. */
export const MANY: DestinationChecksConfig = {
  manyRows: process.env['ENGINES'] === 'all' ? 1_000_000 : 50_000,
};
