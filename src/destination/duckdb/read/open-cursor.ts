import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult, DuckDBType } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { LoadError } from '../../../errors.js';
import type { BufferBlock, ResultColumn, ValueBlock } from '../../column-block.js';
import { boundParameters } from '../bound-parameters.js';
import type { QueryParameter } from '../query-parameters.js';
import { withWholeText } from '../whole-text.js';
import { blockType } from './block-type.js';
import { columnReader } from './column-reader.js';
import type { ColumnReader } from './reader.js';
import { rowValue } from './row-value.js';
import { useDataset } from './use-dataset.js';

/** A query, as plain data. Without a dataset its tables are named in full. */
export interface QuerySpec {
  sql: string;
  parameters: readonly QueryParameter[];
  dataset: string | null;
}

/** A streamed result. Calls come one after another. */
export interface StreamedResult {
  readonly columns: readonly ResultColumn[];
  values(): Promise<ValueBlock | null>;
  buffers(): Promise<BufferBlock | null>;
}

/** Rows of a block of buffers, at least, if there are as many. */
const BLOCK_ROWS = 122_880;
/** Bytes of text in a block of buffers beyond which no more rows are added. */
const BLOCK_TEXTS = 64 * 1024 * 1024;
/** Rows of a block of values, at least: what one message between threads costs is spread. */
const VALUE_ROWS = 4_096;

/**
 * Begins a query whose rows are fetched as they are wanted. Errors: LoadError for what DuckDB
 * refuses.
 */
export async function openCursor(
  connection: DuckDBConnection,
  { sql, parameters, dataset }: QuerySpec,
): Promise<StreamedResult> {
  if (dataset !== null) await useDataset(connection, dataset);
  const { values, types: bound } = boundParameters(parameters);
  const result = await connection.stream(sql, values, bound as DuckDBType[]).catch(queryFailed);
  const names = result.deduplicatedColumnNames();
  const types = result.columnTypes();
  const columns = names.map((name, i): ResultColumn => ({
    name,
    type: blockType(types[i] as (typeof types)[number]),
  }));
  let readers: ColumnReader[] | undefined;
  return {
    columns,
    async values() {
      const block: unknown[][] = columns.map(() => []);
      let rows = 0;
      for await (const chunk of chunks(result, () => rows < VALUE_ROWS)) {
        rows += chunk.rowCount;
        withWholeText(() => {
          for (const [i, column] of chunk.convertColumns(rowValue).entries())
            for (const value of column) block[i]?.push(value);
        });
      }
      return rows === 0 ? null : { rows, columns: block };
    },
    async buffers() {
      readers ??= types.map((type) => columnReader(type));
      let rows = 0;
      let texts = 0;
      const wantsMore = (): boolean => rows < BLOCK_ROWS && texts < BLOCK_TEXTS;
      for await (const { chunk, rowCount } of chunks(result, wantsMore)) {
        rows += rowCount;
        for (const [i, reader] of readers.entries())
          texts += reader.append(duckdb.data_chunk_get_vector(chunk, i), 0, rowCount);
      }
      return rows === 0 ? null : { rows, columns: readers.map((reader) => reader.finish()) };
    },
  };
}

/** Chunks with rows, as long as more are wanted. Errors: LoadError. */
async function* chunks(
  result: DuckDBResult,
  wantsMore: () => boolean,
): AsyncGenerator<DuckDBDataChunk> {
  while (wantsMore()) {
    const chunk = await result.fetchChunk().catch(queryFailed);
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk;
  }
}

function queryFailed(error: unknown): never {
  throw new LoadError(`The query failed: ${(error as Error).message}`, { cause: error });
}
