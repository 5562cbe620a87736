import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Reply } from './definition.js';

export type Encoding = 'gzip' | 'deflate' | 'br';

/** How a body is sent. */
export interface SendConfig {
  /**
   * The connection is cut after so many bytes of the body as it is on the wire; null: never.
   * @default null
   */
  dropAfterBytes: number | null;
  /** How the body is packed if the client accepts that; null: not at all. @default null */
  encoding: Encoding | null;
  /** Bodies come in chunks, without a length. @default false */
  chunked: boolean;
}

const PACK: Readonly<Record<Encoding, (body: Buffer) => Buffer>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
};
const CHUNK = 65_536;

/** Writes a reply, whole or cut short. */
export function send(
  incoming: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  { dropAfterBytes, encoding, chunked }: SendConfig,
): void {
  const packed =
    encoding !== null && incoming.headers['accept-encoding']?.includes(encoding) === true;
  const body = packed ? PACK[encoding](bytesOf(reply)) : bytesOf(reply);
  response.writeHead(reply.status, {
    'content-type': reply.json === undefined ? 'text/plain' : 'application/json',
    ...(packed && { 'content-encoding': encoding }),
    ...(!(chunked || reply.chunked === true) && { 'content-length': String(body.length) }),
    ...reply.headers,
  });
  if (dropAfterBytes !== null && dropAfterBytes < body.length) {
    response.write(body.subarray(0, dropAfterBytes), () => response.destroy());
    return;
  }
  for (let at = 0; at < body.length; at += CHUNK) response.write(body.subarray(at, at + CHUNK));
  response.end();
}

function bytesOf({ json, text = '', body }: Reply): Buffer {
  return body ?? Buffer.from(json === undefined ? text : JSON.stringify(json));
}
