import { existsSync } from 'node:fs';
import { afterAll } from 'vitest';
import { missingExtensions } from '../../../benchmarks/engines/extensions.js';
import { S3_SERVER, startS3 as startServer } from '../../../benchmarks/engines/start-s3.js';

/**
 * Starts a server of S3 with a bucket `lake` for `npm run test:engines`, where it and DuckDB's
 * extension are installed (`.ci/engines`), and gives its address; else null, and says what is
 * missing.
 */
export async function startS3(): Promise<string | null> {
  if (process.env['ENGINES'] !== 'all') {
    console.warn('Tests on S3 are skipped: `npm run test:engines` runs them.');
    return null;
  }
  const missing = [
    ...[S3_SERVER].filter((path) => !existsSync(path)),
    ...missingExtensions('httpfs'),
  ];
  if (missing.length > 0) {
    console.warn(`Tests on S3 are skipped: ${missing.join(' and ')} is missing (.ci/engines).`);
    return null;
  }
  const { endpoint, stop } = await startServer();
  afterAll(stop);
  return endpoint;
}

/** Names of the objects of the bucket below a prefix, without it. */
export async function listObjects(endpoint: string, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for (let after = ''; ;) {
    const query = new URLSearchParams({ 'list-type': '2', prefix, 'start-after': after });
    const text = await (await fetch(`${endpoint}/lake?${query.toString()}`)).text();
    const keys = [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
    names.push(...keys.map((key) => key.slice(prefix.length)));
    if (!text.includes('<IsTruncated>true</IsTruncated>')) return names;
    after = keys.at(-1) ?? '';
  }
}
