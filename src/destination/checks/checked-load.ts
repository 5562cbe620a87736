import { lastValueFrom, map, of, toArray } from 'rxjs';
import { gatherPages } from '../../../operators/arrow/gather-pages.js';
import { evolve } from '../../../operators/evolve.js';
import { flatten, type FlattenConfig } from '../../../operators/flatten.js';
import { fromObjects } from '../../../operators/from-objects.js';
import type {
  Json,
  JsonObject,
  LoadStep,
  MergeStrategy,
  WriteDisposition,
} from '../../../operators/types.js';
import { columnMessage } from '../batch-message.js';
import type { Destination, ReadRow, Session } from '../destination.js';
import type { BatchMessage, LoadSpec, Refresh, ResumeSpec } from '../messages.js';

/** The dataset that all checks load into. */
export const DATASET = 'sluice_checks';

/** A check before it has a destination. */
export interface CheckDefinition {
  name: string;
  /** Dispositions, strategies and abilities without which there is nothing to check. */
  needs: readonly (WriteDisposition | MergeStrategy | Refresh | 'commits')[];
  run: (destination: Destination) => Promise<void>;
}

/** What a load of a check is about; each has a meaning by default. */
export interface CheckedLoad {
  table?: string;
  disposition?: WriteDisposition;
  primaryKey?: string;
  mergeKey?: string;
  /** How rows are merged. */
  strategy?: MergeStrategy;
  pipeline?: string;
  source?: string;
  /** What is dropped of earlier loads. */
  refresh?: Refresh;
  columns?: FlattenConfig['columns'];
  /** It goes on with one that was stopped. */
  resume?: ResumeSpec;
}

/** Begins a load of one table. */
export function begin(
  destination: Destination,
  {
    table = 'orders',
    disposition = 'append',
    strategy,
    pipeline = 'checks',
    source = 'shop',
    refresh,
    resume,
  }: CheckedLoad,
): Promise<Session> {
  const tables: LoadSpec['tables'] = [
    {
      resource: table,
      table,
      writeDisposition: disposition,
      ...(strategy && { mergeStrategy: strategy }),
    },
  ];
  return destination.begin({
    pipeline,
    dataset: DATASET,
    source,
    compat: 'sluice',
    tables,
    ...(refresh && { refresh }),
    ...(resume && { resume }),
  });
}

/** Makes a batch of rows, as a pipeline would. `state` is kept of their list. */
export async function batchOf(
  destination: Destination,
  session: Session,
  rows: readonly JsonObject[],
  about: CheckedLoad = {},
  state: Json = null,
): Promise<BatchMessage> {
  const { table = 'orders', disposition = 'append', strategy } = about;
  const { primaryKey, mergeKey, columns } = about;
  const batches = fromObjects(of(rows), { resource: table }).pipe(
    map((own) => ({ ...own, page: { ...own.page, state } })),
    flatten({
      table,
      writeDisposition: strategy === undefined ? disposition : { disposition: 'merge', strategy },
      ...(mergeKey !== undefined && { mergeKey }),
      ...(primaryKey !== undefined && { primaryKey }),
      ...(columns && { columns }),
    }),
    evolve({ schema: session.known.schema }),
    gatherPages(),
    toArray(),
  );
  const [only] = await lastValueFrom(batches);
  if (only === undefined) throw new Error('no batch was made of the rows of a check');
  return columnMessage(only, destination.capabilities, destination.name);
}

/** Appends rows in one batch. `state` is kept of their list. */
export async function append(
  destination: Destination,
  session: Session,
  rows: readonly JsonObject[],
  about?: CheckedLoad,
  state?: Json,
): Promise<LoadStep> {
  return session.append(await batchOf(destination, session, rows, about, state));
}

/** A whole load of one batch. Gives its id. */
export async function load(
  destination: Destination,
  rows: readonly JsonObject[],
  about: CheckedLoad = {},
  state: Json = null,
): Promise<string> {
  const session = await begin(destination, about);
  try {
    if (rows.length > 0) await append(destination, session, rows, about, state);
    await session.finish({ completeness: [] });
    return session.loadId;
  } catch (error) {
    // Otherwise closing the destination waits for it.
    await session.abort();
    throw error;
  }
}

/** Rows of a table with these columns alone, in an order of their own. */
export async function rowsOf(
  destination: Destination,
  columns: readonly string[],
  table = 'orders',
): Promise<ReadRow[]> {
  const rows = await destination.dataset(DATASET).rows(table);
  const picked = rows.map((row) =>
    Object.fromEntries(columns.map((column) => [column, row[column]])),
  );
  const text = (row: ReadRow): string =>
    JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return picked.sort((a, b) => (text(a) < text(b) ? -1 : 1));
}
