import { lastValueFrom, type Observable, toArray } from 'rxjs';
import {
  type Destination,
  DuckDBInstance,
  Gate,
  load,
  type LoadConfig,
  type LoadSpec,
} from 'sluice';
import type { Batch, LoadStep } from 'sluice/operators';

/** A load of no table. */
export const LOAD: LoadSpec = {
  pipeline: 'p',
  dataset: 'data',
  source: 'p',
  compat: 'sluice',
  tables: [],
};

/** Rows that DuckDB gives a reader of its own, after the load has closed the file. */
export async function read(path: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path);
  try {
    return await query(instance, sql);
  } finally {
    instance.closeSync();
  }
}

/** Rows that an instance gives on a connection of its own. */
export async function query(instance: DuckDBInstance, sql: string): Promise<unknown[][]> {
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJS();
  } finally {
    connection.closeSync();
  }
}

/** Every step of a load. */
export function loaded(
  destination: Destination,
  batches: Observable<Batch>,
  config: Partial<LoadConfig> = {},
): Promise<LoadStep[]> {
  return lastValueFrom(
    batches.pipe(load(destination, { dataset: 'data', gate: new Gate(), ...config }), toArray()),
  );
}

/**
 * Runs a load until `until` answers true for a step, then leaves it; resolves when the file is
 * closed.
 */
export async function leftAt(
  destination: Destination,
  batches: Observable<Batch>,
  until: (step: LoadStep) => boolean,
  config: Partial<LoadConfig> = {},
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const subscription = batches
      .pipe(load(destination, { dataset: 'data', gate: new Gate(), ...config }))
      .subscribe({
        next: (step) => {
          if (!until(step)) return;
          subscription.unsubscribe();
          resolve();
        },
        error: reject,
        complete: () => reject(new Error('the load was completed')),
      });
  });
  await destination.close();
}

/** What the steps of a load are. */
export const kinds = (steps: readonly LoadStep[]): string[] => steps.map(({ kind }) => kind);
