import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The program of a server of S3 that keeps what it is given in memory. */
export const S3_SERVER: string = join(homedir(), 'go/bin/gofakes3');

/** Starts a server of S3 with a bucket `lake`; any key is right. */
export function startS3(): Promise<{ endpoint: string; stop: () => void }> {
  const server = spawn(
    S3_SERVER,
    ['-backend', 'memory', '-host', '127.0.0.1:0', '-initialbucket', 'lake'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    const lines = createInterface(server.stderr);
    lines.on('line', (line) => {
      const [, port] = /using port: (\d+)/.exec(line) ?? [];
      if (port !== undefined)
        resolve({ endpoint: `http://127.0.0.1:${port}`, stop: () => void server.kill() });
    });
  });
}
