import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { listen } from '../../support/listen.js';

/** A way to a Postgres server that ends in the middle of a commit. */
export interface CuttingProxy {
  port: number;
  /** The next commit of a transaction that is meant is cut, or one that comes later. */
  arm: (skipped?: number) => void;
  cuts: () => number;
}

/**
 * @param folder that of the server's socket
 * @param mark what a transaction that is meant sends
 * @param isKept the server gets the commit, and its answer is lost; else the commit itself is
 */
export async function cuttingProxy(
  folder: string,
  mark: string,
  isKept: boolean,
): Promise<CuttingProxy> {
  let left = -1;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(join(folder, '.s.PGSQL.5432'));
    upstream.on('error', () => client.destroy());
    let [isMeant, isCut] = [false, false];
    client.on('data', (bytes) => {
      isMeant ||= bytes.includes(mark);
      if (isMeant && bytes.includes('COMMIT')) {
        isMeant = false;
        isCut ||= left === 0;
        left -= 1;
      }
      if (!isCut) return upstream.write(bytes);
      cuts += 1;
      if (!isKept) {
        upstream.destroy();
        return client.destroy();
      }
      upstream.once('data', () => client.destroy());
      return upstream.write(bytes);
    });
    upstream.on('data', (bytes) => (isCut ? undefined : client.write(bytes)));
    for (const event of ['end', 'close', 'error']) client.on(event, () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const port = await listen(server, '127.0.0.1');
  return { port, arm: (skipped = 0) => void (left = skipped), cuts: () => cuts };
}
