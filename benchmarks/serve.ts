import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sites } from './sites.js';

// Serves one site (`node serve.js SITE SIZE`): sends its port to the process that started it, and
// the CPU milliseconds since then when asked for them.

const [, , name = '', size = '1'] = process.argv;
const site = sites[name];
if (site === undefined)
  throw new Error(`there is no site ${name}; sites: ${Object.keys(sites).join(', ')}`);
const { respond, encoding, delayMs = 0 } = site(Number(size));

const server = createServer((request, response) => {
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const body = respond(path, new URLSearchParams(query));
  const send = (): void => {
    response.writeHead(body === null ? 404 : 200, {
      'content-type': 'application/json',
      'content-length': String(body?.length ?? 0),
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    });
    response.end(body);
  };
  if (delayMs === 0) send();
  else setTimeout(send, delayMs);
});
// Ends with the process that started it.
process.on('disconnect', () => process.exit());
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const before = process.cpuUsage();
  process.on('message', () => {
    const { user, system } = process.cpuUsage(before);
    process.send?.((user + system) / 1_000);
  });
  process.send?.((server.address() as AddressInfo).port);
});
