import type { DuckDBInstance } from '@duckdb/node-api';
import type { GcsService } from '../../stage/gcs/gcs-bucket.js';
import { literal } from '../literal.js';
import { loadExtensions } from '../load-extensions.js';
import { runOnce } from '../run-once.js';

/**
 * Gives a function that lets SQL read files of a bucket, with the token that counts then. Errors:
 * LoadError where the extension is missing, and where no token is given.
 */
export function useGcs(service: GcsService): (instance: DuckDBInstance) => Promise<void> {
  let last: string | null = null;
  return async (instance) => {
    const token = await service.token();
    if (token === last) return;
    if (last === null) await loadExtensions(instance, 'httpfs');
    // The token is sent to nobody else.
    const scope = service.address('');
    await runOnce(
      instance,
      `CREATE OR REPLACE SECRET sluice (TYPE http, BEARER_TOKEN ${literal(token)}, SCOPE ${literal(scope)})`,
    );
    last = token;
  };
}
