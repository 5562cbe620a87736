import type { DltSchema } from '../../../operators/schema/dlt-schema.js';
import type { LoadSpec } from '../messages.js';
import { cellsOf } from './manifest.js';
import type { Books, KeptFile } from './staged-target.js';

/**
 * Tables of which a complete load leaves no row of earlier ones: roots that it replaced, and the
 * tables below them.
 *
 * @param loaded tables that the load has brought rows for
 */
export function replacedTables(
  { tables: roots }: Pick<LoadSpec, 'tables'>,
  tables: readonly string[],
  loaded: ReadonlySet<string>,
  books: Books,
): Set<string> {
  const documents = cellsOf(books, '_dlt_version', 'schema').map(
    (text) => JSON.parse(text ?? '{}') as Partial<DltSchema>,
  );
  const described = (table: string): Record<string, unknown> =>
    documents.findLast((document) => Object.hasOwn(document.tables ?? {}, table))?.tables?.[
      table
    ] ?? {};
  const rootOf = (table: string): string => {
    const { parent } = described(table);
    return typeof parent === 'string' && parent !== table ? rootOf(parent) : table;
  };
  const spec = new Map(roots.map((root) => [root.table, root.writeDisposition]));
  const isReplaced = (root: string): boolean =>
    (spec.get(root) ?? (loaded.has(root) && described(root)['write_disposition'])) === 'replace';
  return new Set(tables.filter((table) => isReplaced(rootOf(table))));
}

/** Files of loads that are complete, or that may go on. */
export function filesOfLoads(files: readonly KeptFile[], books: Books): KeptFile[] {
  const loads = new Set([
    ...cellsOf(books, '_dlt_loads', 'load_id'),
    ...cellsOf(books, '_sluice_loads', 'load_id'),
  ]);
  return files.filter(({ load }) => loads.has(load));
}
