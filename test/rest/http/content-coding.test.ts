import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serveRaw } from '../../support/raw-server.js';
import { failure, quickClient, sendWith } from '../../support/send.js';

const TEXT = JSON.stringify({
  data: Array.from({ length: 5_000 }, (_, i) => ({ id: i, half: i / 2 })),
});
const head = (coding: string, length: number): string =>
  `HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\ncontent-length: ${length}\r\n\r\n`;

/**
 * What a client reads of answers in this coding: the last of `bodies` is for all further requests.
 */
async function read(
  coding: string,
  ...bodies: Uint8Array[]
): Promise<{ text: Promise<string>; count: () => number }> {
  const { url, count } = await serveRaw((socket, nth) => {
    const body = bodies[Math.min(nth, bodies.length) - 1] ?? Buffer.alloc(0);
    socket.write(Buffer.concat([Buffer.from(head(coding, body.length)), body]));
  });
  const { answer } = sendWith(quickClient({ baseUrl: url }));
  return { text: answer.then(({ body }) => Buffer.from(body).toString()), count };
}

const CODINGS: [string, (text: string | Uint8Array) => Buffer][] = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['GZip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['identity', (text) => Buffer.from(text)],
  ['deflate, gzip', (text) => gzipSync(deflateSync(text))],
  ['br,identity , deflate', (text) => deflateRawSync(brotliCompressSync(text))],
];

describe('a body', () => {
  it.each(CODINGS)('in %s is decompressed', async (coding, packed) => {
    const { text } = await read(coding, packed(TEXT));
    expect(await text).toBe(TEXT);
  });

  it.each(CODINGS.filter(([coding]) => coding !== 'identity'))(
    'in %s that is cut in a complete message is asked for again, never handed on short',
    async (coding, packed) => {
      const whole = packed(TEXT);
      const { text, count } = await read(
        coding,
        whole.subarray(0, whole.length >> 1),
        whole.subarray(0, -1),
        whole,
      );
      expect(await text).toBe(TEXT);
      expect(count()).toBe(3);
    },
  );

  it.each([['gzip'], ['br'], ['deflate']])('in %s that is empty is empty', async (coding) => {
    const { text, count } = await read(coding, Buffer.alloc(0));
    expect([await text, count()]).toEqual(['', 1]);
  });

  it('that is not in the coding it is said to be in is asked for again', async () => {
    const { text, count } = await read('gzip', Buffer.from('{"plain":true}'), gzipSync('{}'));
    expect([await text, count()]).toEqual(['{}', 2]);
  });

  it('in a coding that is not known is an error at once that names it', async () => {
    const { url, count } = await serveRaw((socket) => socket.write(`${head('zstd', 3)}abc`));
    const error = await failure(sendWith(quickClient({ baseUrl: url })));
    expect(error.message).toContain(
      'the body comes in the content encoding `zstd`, which cannot be read; known are gzip, deflate, br',
    );
    expect(count()).toBe(1);
  });

  it('that HEAD does not have is not decompressed', async () => {
    const { url } = await serveRaw((socket) => socket.write(head('gzip', 500)));
    expect(
      (await sendWith(quickClient({ baseUrl: url }), { method: 'HEAD' }).answer).body.length,
    ).toBe(0);
  });

  it('is asked for in the codings that are known', async () => {
    let asked = '';
    const { url } = await serveRaw((socket, _count, head) => {
      asked = head;
      socket.write('HTTP/1.1 204 No Content\r\n\r\n');
    });
    await sendWith(quickClient({ baseUrl: url })).answer;
    expect(asked.toLowerCase()).toContain('accept-encoding: gzip, deflate, br\r\n');
  });

  it('cut anywhere is never handed on short', async () => {
    const whole = gzipSync(JSON.stringify({ rows: Array.from({ length: 40 }, (_, i) => i) }));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: whole.length - 1 }), async (length) => {
        const { url } = await serveRaw((socket) =>
          socket.write(
            Buffer.concat([Buffer.from(head('gzip', length)), whole.subarray(0, length)]),
          ),
        );
        const error = await failure(
          sendWith(quickClient({ baseUrl: url, retry: { attempts: 1 } })),
        );
        expect(error.message).toContain('unexpected end of file');
      }),
      { numRuns: 30 },
    );
  });
});
