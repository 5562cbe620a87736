import { normalizeIdentifier } from '../../operators/schema/naming.js';
import type { Batch, LoadStep } from '../../operators/types.js';
import { processGate } from '../run/gate.js';
import { batchMessage } from './batch-message.js';
import type { Destination } from './duckdb/duckdb.js';
import type { Session } from './duckdb/session.js';
import type { LoadConfig } from './load.js';

/** One load from its session's begin to its end; remembers what is on its way and not committed. */
export interface LoadRun {
  begin(): Promise<void>;
  /** The gate is told of the batch's bytes at once. */
  append(batch: Batch): Promise<LoadStep>;
  commit(): Promise<LoadStep>;
  complete(): Promise<LoadStep>;
  /**
   * Rolls back what is not committed and gives the database back; the last step when the load was
   * complete already. May be called again.
   */
  end(): Promise<LoadStep | null>;
  /** Something was appended since the last commit. */
  isOpen(): boolean;
  /** Rows of root tables appended since the last commit. */
  openRows(): number;
}

export function loadRun(destination: Destination, config: LoadConfig): LoadRun {
  const { gate = processGate() } = config;
  let beginning: ReturnType<typeof begin> | undefined;
  let ending: Promise<LoadStep | null> | undefined;
  let completed: Promise<LoadStep> | undefined;
  let posted = 0;
  let open: number | null = null;
  /**
   * Calls reach the session in the order they are made. The stream tells of their errors, unless it
   * has ended for another reason.
   */
  const ask = (step: (session: Session) => Promise<LoadStep>): Promise<LoadStep> => {
    const asked = (beginning ??= begin(destination, config)).then(({ session }) => step(session));
    asked.catch(() => undefined);
    return asked;
  };
  const acknowledge = (bytes: number): void => {
    gate.acknowledge(Math.min(bytes, posted));
    posted -= Math.min(bytes, posted);
  };
  const end = (): Promise<LoadStep | null> => (ending ??= leave());
  const leave = async (): Promise<LoadStep | null> => {
    acknowledge(posted);
    const begun = await beginning?.catch(() => undefined);
    if (begun === undefined) return null;
    try {
      await begun.session.abort();
    } finally {
      await begun.release();
    }
    return completed?.catch(() => null) ?? null;
  };
  return {
    async begin() {
      await (beginning ??= begin(destination, config));
    },
    append(batch) {
      const { bytes } = batch;
      gate.post(bytes);
      posted += bytes;
      open = (open ?? 0) + rootRows(batch);
      return ask(async (session) => {
        const step = await session.append(batchMessage(batch));
        acknowledge(bytes);
        return step;
      });
    },
    commit() {
      open = null;
      return ask((session) => session.commit());
    },
    async complete() {
      const completeness = config.completeness?.() ?? [];
      completed = ask((session) => session.finish(completeness));
      const step = await completed;
      await end();
      return step;
    },
    end,
    isOpen: () => open !== null,
    openRows: () => open ?? 0,
  };
}

async function begin(
  destination: Destination,
  { dataset, pipeline = 'sluice', schemaName, resources = [] }: LoadConfig,
): Promise<{ session: Session; release: () => Promise<void> }> {
  const borrowed = await destination.borrow();
  try {
    const session = await borrowed.engine.openSession({
      dataset: normalizeIdentifier(dataset),
      pipeline,
      schemaName: schemaName ?? pipeline,
      resources,
    });
    return { session, release: () => borrowed.release() };
  } catch (error) {
    await borrowed.release();
    throw error;
  }
}

function rootRows({ tables }: Batch): number {
  return tables.reduce(
    (sum, { schema, batch }) => sum + (schema.parent === null ? batch.numRows : 0),
    0,
  );
}
