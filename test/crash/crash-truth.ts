import type { SentRow } from './crash-api.js';

/** Which rows of a resource a reader is to find. */
interface Resource {
  /** Columns that tell its rows apart. */
  columns: readonly string[];
  /** Where it is merged, the last row with the same value there stays. @default all of them do */
  key?: string;
  /** Equal rows of several loads or lists are one where they are merged. */
  isShared?: boolean;
  /** Only rows of the last load stay. @default those of all loads do */
  isReplaced?: boolean;
}

const RESOURCES: Record<string, Resource> = {
  orders: { columns: ['id', 'n'] },
  customers: { columns: ['id', 'version'], key: 'id' },
  parcels: { columns: ['id'] },
  shops: { columns: ['id', 'version'], isReplaced: true },
  staff: { columns: ['id', 'version'] },
  shifts: { columns: ['key', 'version'], key: 'key' },
  breaks: { columns: ['shift', 'n', 'version'], isReplaced: true },
  // Each version of a row that is another one.
  prices: { columns: ['sku', 'price'], isShared: true },
  ledger: { columns: ['id'] },
  visits: { columns: ['id', 'version'], key: 'id', isShared: true },
  report: { columns: ['version', 'n'] },
  // Those at the cursor come twice.
  events: { columns: ['id', 'at'] },
};

/**
 * The rows that a database must have by what the API has sent, each as a text, in order. Without
 * `isMerged`, what would be merged is appended.
 */
export function crashTruth(
  sent: readonly SentRow[],
  version: number,
  isMerged: boolean,
): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(RESOURCES).map(([resource, { columns, key, ...about }]) => {
      const rows = new Map<unknown, string>();
      for (const one of sent) {
        if (one.resource !== resource) continue;
        if (about.isReplaced === true && one.version !== version) continue;
        const text = textOf(one.row, columns);
        if (isMerged && key !== undefined) rows.set(one.row[key], text);
        else rows.set(about.isShared === true && !isMerged ? one : text, text);
      }
      return [resource, [...rows.values()].sort()];
    }),
  );
}

/** The rows that a reader finds, in the same form. */
export function foundRows(tables: Readonly<Record<string, unknown>>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(RESOURCES).map(([resource, { columns }]) => [
      resource,
      (tables[resource] as string[])
        .map((row) => textOf(JSON.parse(row) as Record<string, unknown>, columns))
        .sort(),
    ]),
  );
}

function textOf(row: Readonly<Record<string, unknown>>, columns: readonly string[]): string {
  return columns.map((column) => String(row[column] as string | number)).join(' ');
}
