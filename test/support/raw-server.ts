import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A connection as a test plays the server on it: the request's head is there, the response is
 * written byte by byte.
 */
export type Play = (socket: Socket, count: number, head: string) => void;

/**
 * A server on loopback that responds to each request as `play` likes, also against the rules of
 * HTTP; ended after the test.
 */
export async function serveRaw(
  play: Play,
): Promise<{ url: string; count: () => number; server: Server }> {
  let requests = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let head = '';
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      head += bytes.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      requests += 1;
      play(socket, requests, head);
      head = '';
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => requests,
    server,
  };
}
