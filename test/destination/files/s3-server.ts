import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';

const SERVER = join(homedir(), 'go/bin/gofakes3');
const EXTENSION = join(homedir(), '.duckdb/extensions/v1.5.5/linux_amd64/httpfs.duckdb_extension');

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
  const missing = [SERVER, EXTENSION].filter((path) => !existsSync(path));
  if (missing.length > 0) {
    console.warn(`Tests on S3 are skipped: ${missing.join(' and ')} is missing (.ci/engines).`);
    return null;
  }
  const server = spawn(
    SERVER,
    ['-backend', 'memory', '-host', '127.0.0.1:0', '-initialbucket', 'lake'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  afterAll(() => void server.kill());
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    const lines = createInterface(server.stderr);
    lines.on('line', (line) => {
      const [, port] = /using port: (\d+)/.exec(line) ?? [];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
  });
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
