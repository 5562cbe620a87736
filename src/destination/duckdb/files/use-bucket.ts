import type { DuckDBInstance } from '@duckdb/node-api';
import type { S3Bucket } from '../../stage/s3/s3-bucket.js';
import { literal } from '../literal.js';
import { loadExtensions } from '../load-extensions.js';
import { runOnce } from '../run-once.js';

/** Lets SQL read and write files of a bucket. Errors: LoadError where the extension is missing. */
export async function useBucket(
  instance: DuckDBInstance,
  { region, credentials, endpoint }: S3Bucket,
): Promise<void> {
  await loadExtensions(instance, 'httpfs');
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const url = endpoint === null ? null : new URL(endpoint);
  const settings = {
    KEY_ID: accessKeyId,
    SECRET: secretAccessKey,
    SESSION_TOKEN: sessionToken,
    REGION: region,
    ...(url !== null && { ENDPOINT: url.host, USE_SSL: String(url.protocol === 'https:') }),
    URL_STYLE: 'path',
  };
  const given = Object.entries(settings).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${literal(value)}`],
  );
  await runOnce(instance, `CREATE OR REPLACE SECRET sluice (TYPE s3, ${given.join(', ')})`);
}
