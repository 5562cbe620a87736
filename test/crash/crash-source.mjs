import { restSource } from 'sluice';

const data = { dataSelector: 'data' };
const merged = (strategy) => ({ writeDisposition: { disposition: 'merge', strategy } });
const counted = { ...data, paginator: { type: 'pageNumber' } };
const byCursor = {
  ...data,
  paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
};

/**
 * The API of the trials as a source: every disposition, and every way to read a list. Without
 * `isMerged`, what would be merged is appended.
 */
export function crashSource(url, isMerged) {
  const resources = [
    {
      name: 'orders',
      endpoint: {
        path: 'orders',
        ...data,
        // Its pages are requested at once.
        paginator: { type: 'pageNumber', basePage: 1, totalRowsPath: 'total' },
      },
    },
    {
      name: 'customers',
      primaryKey: 'id',
      writeDisposition: 'merge',
      endpoint: { path: 'customers', ...byCursor },
    },
    { name: 'parcels', endpoint: { path: 'parcels', ...byCursor } },
    { name: 'shops', writeDisposition: 'replace', endpoint: { path: 'shops', ...counted } },
    {
      name: 'staff',
      includeFromParent: { shop: 'id' },
      endpoint: { path: 'staff/{resources.shops.id}', ...counted },
    },
    {
      name: 'shifts',
      primaryKey: 'key',
      ...merged('upsert'),
      includeFromParent: { person: 'id' },
      endpoint: {
        path: 'shifts/{resources.staff.id}',
        paginator: 'single',
        skipStatus: [404],
      },
    },
    {
      name: 'breaks',
      writeDisposition: 'replace',
      endpoint: { path: 'breaks/{resources.shifts.key}', ...byCursor },
    },
    {
      name: 'prices',
      ...merged('scd2'),
      endpoint: {
        path: 'prices',
        ...data,
        paginator: { type: 'offset', limit: 60, totalPath: null },
      },
    },
    { name: 'ledger', endpoint: { path: 'ledger', ...data, paginator: 'single' } },
    {
      name: 'visits',
      primaryKey: 'id',
      writeDisposition: 'merge',
      endpoint: {
        path: 'visits',
        ...byCursor,
        windows: {
          startParam: 'from',
          endParam: 'to',
          start: '2026-01-01',
          end: '2026-01-05',
          format: 'date',
        },
      },
    },
    {
      name: 'report',
      endpoint: {
        path: 'report',
        ...byCursor,
        poll: { statusPath: 'state', done: ['ready'], everyMs: 5 },
      },
    },
    {
      name: 'events',
      endpoint: {
        path: 'events',
        ...byCursor,
        incremental: { cursorPath: 'at', startParam: 'since' },
      },
    },
  ];
  const source = restSource({
    name: 'shop',
    // A busy server is not waited for long.
    client: { baseUrl: url, retry: { baseMs: 10, maxMs: 100 } },
    resources: isMerged ? resources : resources.map(appended),
  });
  // Its largest response comes in slices.
  return { ...source, pages: (context) => source.pages({ ...context, bodyBytes: 30_000 }) };
}

function appended({ writeDisposition, ...resource }) {
  return writeDisposition === 'replace' ? { writeDisposition, ...resource } : resource;
}
