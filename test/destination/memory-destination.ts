import type { RecordBatch } from 'apache-arrow';
import type { BatchMessage, Destination, KeptState, PipelineState, TableSchema } from 'sluice';
import { batchRows, LoadError, loadStep, recordBatchOf, withCursors } from 'sluice';

/** Collects Arrow record batches in memory. A load is visible when it is finished. */
export function memory(): Destination {
  const tables = new Map<string, { schema: TableSchema; batches: RecordBatch[] }>();
  const states = new Map<string, KeptState>();
  const pipelines = new Map<string, PipelineState>();
  const schema = () => Object.fromEntries([...tables].map(([name, own]) => [name, own.schema]));
  let loads = 0;
  let loading = 0;
  return {
    name: 'memory',
    location: 'memory',
    capabilities: { dispositions: ['append'], commits: false },
    async begin({ pipeline, source }) {
      if (loading > 0) throw new LoadError('Another load is under way. Wait for it.');
      const id = (loading = loads += 1);
      const owner = `${pipeline} ${source} `;
      const state = pipelines.get(pipeline) ?? { sources: {} };
      const taken: BatchMessage[] = [];
      return {
        loadId: String(id),
        known: {
          schema: schema(),
          states: [...states].filter(([key]) => key.startsWith(owner)).map(([, state]) => state),
          isEmpty: tables.size === 0,
          state,
        },
        async append(batch) {
          if (loading !== id) throw new LoadError('The load has ended.');
          taken.push(batch);
          return loadStep('append', String(id), [batch]);
        },
        commit: async () => loadStep('commit', String(id), []),
        async finish({ cursors = [] }) {
          for (const rows of taken.flatMap((batch) => batch.tables)) {
            const { batches = [] } = tables.get(rows.schema.name) ?? {};
            batches.push(await recordBatchOf(rows, String(id)));
            tables.set(rows.schema.name, { schema: rows.schema, batches });
          }
          for (const { resource, parent, state } of taken.flatMap((batch) => batch.positions))
            if (state !== null)
              states.set(`${owner}${resource} ${parent}`, { resource, parent, state });
          pipelines.set(pipeline, withCursors(state, source, cursors));
          loading = 0;
          return loadStep('complete', String(id), taken);
        },
        abort: async () => void (loading === id && (loading = 0)),
      };
    },
    dataset: (name) => ({
      name,
      schema: async () => schema(),
      tables: async () => [...tables.keys()].sort(),
      async rows(table) {
        const own = tables.get(table);
        if (own === undefined) throw new LoadError(`There is no table ${table} in memory.`);
        return batchRows(own.batches, own.schema);
      },
    }),
    close: async () => tables.clear(),
  };
}
