import { Agent } from 'node:http';
import fetch from 'node-fetch';

// Requests the same URLs as a load with node-fetch and nothing else: bodies are parsed and dropped.
// `node bare-fetch.js SIZE SITE AT_ONCE`.

const [, , size = '', site = '', atOnce = ''] = process.argv;
const base = process.env['BENCH_URL'] ?? '';
const paths: Record<string, () => string[]> = {
  slow: () => Array.from({ length: Number(size) }, (_, i) => `/pages?page=${i + 1}`),
  children: () => [
    '/orders',
    ...Array.from({ length: Number(size) }, (_, i) => `/orders/${i}/state`),
  ],
  lists: () =>
    Array.from(
      { length: Number(size) * 50 },
      (_, i) => `/list_${Math.floor(i / 50)}?page=${(i % 50) + 1}`,
    ),
};
const waiting = (paths[site]?.() ?? []).values();
const agent = new Agent({ keepAlive: true });
async function worker(): Promise<void> {
  for (const path of waiting) await (await fetch(`${base}${path}`, { agent })).json();
}
await Promise.all(Array.from({ length: Number(atOnce) }, worker));
agent.destroy();
