import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../serve.js', import.meta.url));

/**
 * Runs `work` with the base URL of a site, which a process of its own serves, and adds the CPU time
 * that the site took meanwhile.
 */
export async function withSite<T extends object>(
  site: string,
  size: number,
  work: (url: string) => Promise<T>,
): Promise<T & { serverCpuMs: number }> {
  const server = fork(SERVER, [site, String(size)]);
  try {
    const [port] = (await once(server, 'message')) as [number];
    const result = await work(`http://127.0.0.1:${port}`);
    const counted = once(server, 'message');
    server.send('cpu');
    const [serverCpuMs] = (await counted) as [number];
    return { ...result, serverCpuMs };
  } finally {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  }
}
