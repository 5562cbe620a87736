import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serveRaw } from '../../../support/raw-server.js';
import { failure, quickClient, sendWith } from '../../../support/send.js';

const TEXT = JSON.stringify({
  data: Array.from({ length: 5_000 }, (_, i) => ({ id: i, half: i / 2 })),
});
const head = (coding: string, length: number): string =>
  `HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\ncontent-length: ${length}\r\n\r\n`;

/**
 * What a client reads of responses in this coding: the last of `bodies` is for all further
 * requests.
 */
async function read(
  coding: string,
  ...bodies: Uint8Array[]
): Promise<{ text: Promise<string>; count: () => number }> {
  const { url, count } = await serveRaw((socket, nth) => {
    const body = bodies[Math.min(nth, bodies.length) - 1] ?? Buffer.alloc(0);
    socket.write(Buffer.concat([Buffer.from(head(coding, body.length)), body]));
  });
  const { response } = sendWith(quickClient({ baseUrl: url }));
  return { text: response.then(({ body }) => Buffer.from(body).toString()), count };
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
    'in %s that is cut in a complete message is requested again, never handed on short',
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

  it.each([
    ['of several members', Buffer.concat([gzipSync(TEXT.slice(0, 9)), gzipSync(TEXT.slice(9))])],
    ['before zero bytes', Buffer.concat([gzipSync(TEXT), Buffer.alloc(600)])],
    ['before zero bytes, small', Buffer.concat([gzipSync('{"few":1}'), Buffer.alloc(9)])],
  ])('in gzip %s is read whole', async (what, packed) => {
    expect(await (await read('gzip', packed)).text).toBe(
      what.endsWith('small') ? '{"few":1}' : TEXT,
    );
  });

  it.each([
    ['too small', 5],
    ['too large', 16_000_000],
    ['that none can be', 4_294_967_295],
  ])('in gzip whose trailer announces a size %s is an error', async (_what, size) => {
    const packed = gzipSync(TEXT);
    packed.writeUInt32LE(size, packed.length - 4);
    const { text } = await read('gzip', packed);
    await expect(text).rejects.toThrow('incorrect length check');
  });

  it('in gzip that is larger than `maxBytes` when decompressed is an error, whatever it announces', async () => {
    for (const announced of [10, TEXT.length, 200_000]) {
      const packed = gzipSync(TEXT);
      packed.writeUInt32LE(announced, packed.length - 4);
      const { url, count } = await serveRaw((socket) =>
        socket.write(Buffer.concat([Buffer.from(head('gzip', packed.length)), packed])),
      );
      const error = await failure(sendWith(quickClient({ baseUrl: url, maxBytes: 50_000 })));
      expect(error.message).toContain('the body is larger than 50,000 bytes; request smaller');
      expect(count()).toBe(1);
    }
  });

  it.each([['gzip'], ['br'], ['deflate']])('in %s that is empty is empty', async (coding) => {
    const { text, count } = await read(coding, Buffer.alloc(0));
    expect([await text, count()]).toEqual(['', 1]);
  });

  it.each(['gzip', 'deflate', 'br', 'br, gzip', 'compress', 'made-up'])(
    'that is announced in %s and was not compressed is read as it is',
    async (coding) => {
      for (const plain of ['[]', '{"plain":true}', TEXT, ' [{"s":"\u00e9\u4e2d"}]']) {
        const { text, count } = await read(coding, Buffer.from(plain));
        expect([await text, count()]).toEqual([plain, 1]);
      }
    },
  );

  it.each(['utf-8', 'UTF8', 'none', 'binary', 'aws-chunked', 'iso-8859-1', 'identity', ''])(
    'with the content encoding %j, which is no coding, is read as it is',
    async (coding) => {
      const { text, count } = await read(coding, Buffer.from([0x80, 0x01, 0x5b]));
      expect([await text, count()]).toEqual([Buffer.from([0x80, 0x01, 0x5b]).toString(), 1]);
    },
  );

  it('in gzip and "none" at once is decompressed', async () => {
    expect(await (await read('gzip, aws-chunked', gzipSync(TEXT))).text).toBe(TEXT);
  });

  it('in an unknown coding is an error at once that names it', async () => {
    const { url, count } = await serveRaw((socket) =>
      socket.write(Buffer.concat([Buffer.from(head('compress', 3)), Buffer.from([0x1f, 0x9d, 0])])),
    );
    const error = await failure(sendWith(quickClient({ baseUrl: url })));
    expect(error.message).toContain(
      'the body has the content encoding `compress`, which cannot be read; known are gzip, deflate, br',
    );
    expect(count()).toBe(1);
  });

  it.each([
    ['gzip', gzipSync(TEXT)],
    ['gzip twice', gzipSync(gzipSync(TEXT))],
    ['zlib', deflateSync(TEXT)],
    ['zlib, little', deflateSync(TEXT, { level: 1 })],
  ])('that is compressed with %s without a header is decompressed', async (_what, packed) => {
    expect(await (await read('', packed)).text).toBe(TEXT);
  });

  it('that is a file in gzip, sent in gzip, is decompressed twice', async () => {
    expect(await (await read('gzip', gzipSync(gzipSync(TEXT)))).text).toBe(TEXT);
  });

  it('that begins like zlib and is text is read as it is', async () => {
    expect(await (await read('', Buffer.from('x^2 + y^2'))).text).toBe('x^2 + y^2');
  });

  it('that is compressed without a header counts against maxBytes when decompressed', async () => {
    const { url } = await serveRaw((socket) => {
      const packed = gzipSync(TEXT);
      socket.write(Buffer.concat([Buffer.from(head('', packed.length)), packed]));
    });
    const error = await failure(sendWith(quickClient({ baseUrl: url, maxBytes: 50_000 })));
    expect(error.message).toContain('larger than 50,000 bytes when decompressed');
  });

  it.each([
    ['a zip archive', Buffer.from('PK\x03\x04....')],
    ['compressed with xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2])],
  ])('that is %s is an error at once that says so', async (what, body) => {
    const { text, count } = await read('', body);
    await expect(text).rejects.toThrow(`the body is ${what}, which cannot be read here`);
    expect(count()).toBe(1);
  });

  it('that HEAD does not have is not decompressed', async () => {
    const { url } = await serveRaw((socket) => socket.write(head('gzip', 500)));
    expect(
      (await sendWith(quickClient({ baseUrl: url }), { method: 'HEAD' }).response).body.length,
    ).toBe(0);
  });

  it('is requested in the known codings', async () => {
    let sent = '';
    const { url } = await serveRaw((socket, _count, head) => {
      sent = head;
      socket.write('HTTP/1.1 204 No Content\r\n\r\n');
    });
    await sendWith(quickClient({ baseUrl: url })).response;
    expect(sent.toLowerCase()).toContain('accept-encoding: gzip, deflate, br\r\n');
  });

  it('cut anywhere is never returned short', async () => {
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
