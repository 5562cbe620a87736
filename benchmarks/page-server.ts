import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { issuePages } from './data.js';

// Serves the benchmark's pages at `/issues?page=n`, from 0; tells its port to the process that
// started it.

const pages = issuePages(Number(process.argv[2]));
const server = createServer((request, response) => {
  const page = pages[Number(new URL(request.url ?? '/', 'http://x').searchParams.get('page'))];
  response.writeHead(page === undefined ? 404 : 200, {
    'content-type': 'application/json',
    'content-length': String(page?.length ?? 0),
  });
  response.end(page);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
