import { createServer, type Server, type Socket } from 'node:net';
import { listen } from './listen.js';

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
  const server = createServer((socket) => {
    let head = '';
    socket.on('data', (bytes) => {
      // What comes on a connection that the play ended crossed its end on the way: nobody reads it.
      if (socket.writableEnded) return;
      head += bytes.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      requests += 1;
      play(socket, requests, head);
      head = '';
    });
  });
  const port = await listen(server, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${port}`,
    count: () => requests,
    server,
  };
}
