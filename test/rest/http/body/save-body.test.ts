import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HttpError } from '#src/errors.js';
import { type ServedResponse, serve } from '../../../support/local-server.js';
import { serveRaw } from '../../../support/raw-server.js';
import { failure, quickClient, sendWith, statuses } from '../../../support/send.js';
import { tempFolder } from '../../../support/temp-folder.js';

const ZIP = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
const zipped: ServedResponse = { text: ZIP, headers: { 'content-type': 'application/zip' } };

describe('a saved body', () => {
  const folder = tempFolder();
  const left = (path: string): string[] =>
    existsSync(dirname(path)) ? readdirSync(dirname(path)) : [];

  it('is in its file whole, and the response describes it', async () => {
    const server = await serve(() => zipped);
    const path = folder.path('a/b/course-7.zip');
    const { body, ...response } = await sendWith(
      quickClient({ baseUrl: server.url }),
      {},
      { save: { path } },
    ).response;
    expect(readFileSync(path).equals(ZIP)).toBe(true);
    expect(left(path)).toEqual(['course-7.zip']);
    const told = JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>;
    expect(told).toEqual({
      path,
      size: ZIP.length,
      sha256: createHash('sha256').update(ZIP).digest('hex'),
      content_type: 'application/zip',
      fetched_at: expect.any(String) as string,
    });
    expect(new Date(told['fetched_at'] as string).toISOString()).toBe(told['fetched_at']);
    expect(response).toMatchObject({ status: 200, ignored: false });
  });

  it('replaces an older file only when it is complete', async () => {
    const path = folder.path('f.bin');
    writeFileSync(path, 'old');
    const server = await serve((_asked, count) =>
      count === 1 ? { status: 500, text: 'x' } : zipped,
    );
    const client = quickClient({ baseUrl: server.url, retry: { attempts: 1 } });
    await failure(sendWith(client, {}, { save: { path } }));
    expect(readFileSync(path, 'utf8')).toBe('old');
    await sendWith(client, {}, { save: { path } }).response;
    expect(readFileSync(path).length).toBe(ZIP.length);
  });

  it('is written through no link, and replaces one in its place', async () => {
    const [path, other] = [folder.path('f.bin'), folder.path('other')];
    writeFileSync(other, 'mine');
    for (const link of [path, `${path}~part`, `${path}.part`]) symlinkSync(other, link);
    const server = await serve(() => zipped);
    await sendWith(quickClient({ baseUrl: server.url }), {}, { save: { path } }).response;
    expect(readFileSync(other, 'utf8')).toBe('mine');
    expect(lstatSync(path).isFile()).toBe(true);
  });

  it('is decompressed, and may be empty', async () => {
    const path = folder.path('f.bin');
    const server = await serve((_asked, count) => ({
      ...zipped,
      ...(count === 1
        ? { text: gzipSync(ZIP), headers: { 'content-type': 'a/b', 'content-encoding': 'gzip' } }
        : { text: '' }),
    }));
    const client = quickClient({ baseUrl: server.url });
    for (const size of [ZIP.length, 0]) {
      const { body } = await sendWith(client, {}, { save: { path } }).response;
      expect([
        readFileSync(path).length,
        (JSON.parse(Buffer.from(body).toString()) as { size: number }).size,
      ]).toEqual([size, size]);
    }
  });

  it('is seen by `decode` and actions as its description', async () => {
    const server = await serve(() => zipped);
    const seen: string[] = [];
    const look = (body: Uint8Array): void =>
      void seen.push((JSON.parse(Buffer.from(body).toString()) as { path: string }).path);
    const path = folder.path('f.bin');
    await sendWith(
      quickClient({ baseUrl: server.url }),
      {},
      { save: { path }, decode: look, actions: [({ body }) => look(body)] },
    ).response;
    expect(seen).toEqual([path, path]);
  });

  it.each<[string, string]>([
    ['of known length', `HTTP/1.1 200 OK\r\ncontent-length: ${ZIP.length}\r\n\r\n`],
    [
      'in chunks',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${(200_000).toString(16)}\r\n`,
    ],
    [
      'that is compressed',
      'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 90000\r\n\r\n',
    ],
  ])('%s that is cut is requested again', async (_how, head) => {
    const path = folder.path('f.bin');
    const { url, count } = await serveRaw((socket, nth) => {
      if (nth === 1)
        socket.end(
          Buffer.concat([
            Buffer.from(head),
            (head.includes('gzip') ? gzipSync(ZIP) : ZIP).subarray(
              0,
              head.includes('gzip') ? 300 : 90_000,
            ),
          ]),
        );
      else
        socket.write(
          Buffer.concat([
            Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${ZIP.length}\r\n\r\n`),
            ZIP,
          ]),
        );
    });
    await sendWith(quickClient({ baseUrl: url }), {}, { save: { path } }).response;
    expect([readFileSync(path).equals(ZIP), count(), left(path)]).toEqual([true, 2, ['f.bin']]);
  });

  it('may take longer than an attempt, as long as bytes keep coming', async () => {
    const path = folder.path('f.bin');
    const { url, count } = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      let pieces = 0;
      const drip = setInterval(() => {
        pieces += 1;
        socket.write(pieces > 12 ? '0\r\n\r\n' : '1\r\nx\r\n');
        if (pieces > 12) clearInterval(drip);
      }, 25);
      socket.on('close', () => clearInterval(drip));
    });
    await sendWith(quickClient({ baseUrl: url, timeoutMs: 200 }), {}, { save: { path } }).response;
    expect([readFileSync(path, 'utf8'), count()]).toEqual(['x'.repeat(12), 1]);
  });

  it('that stalls fails, and leaves nothing behind', async () => {
    const path = folder.path('f.bin');
    const { url } = await serveRaw((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'),
    );
    const error = await failure(
      sendWith(
        quickClient({ baseUrl: url, stallMs: 100, retry: { attempts: 2 } }),
        {},
        { save: { path } },
      ),
    );
    expect(error.message).toContain('(2 attempts): no byte came for 0.1 s');
    expect(left(path)).toEqual([]);
  });

  it('that is aborted leaves nothing behind, and its connection ends', async () => {
    const path = folder.path('f.bin');
    const abort = new AbortController();
    let closed: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (closed = resolve));
    const { url } = await serveRaw((socket) => {
      socket.on('close', closed);
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc');
    });
    const { response } = sendWith(
      quickClient({ baseUrl: url }),
      {},
      { save: { path }, signal: abort.signal },
    );
    while (!existsSync(`${path}~part`)) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(new Error('enough'));
    await expect(response).rejects.toThrow('enough');
    await ended;
    expect(left(path)).toEqual([]);
  });

  it.each([
    ['announced', `content-length: ${ZIP.length}\r\n\r\n`],
    ['not announced', '\r\n'],
  ])('over its limit (%s) is an error at once, and leaves nothing behind', async (_how, head) => {
    const path = folder.path('f.bin');
    const { url, count } = await serveRaw((socket) =>
      socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head}`), ZIP])),
    );
    const error = await failure(
      sendWith(quickClient({ baseUrl: url }), {}, { save: { path, maxBytes: 1_000 } }),
    );
    expect(error.message).toContain('larger than 1,000 bytes; raise the `maxBytes` of `save`');
    expect([count(), left(path)]).toEqual([1, []]);
  });

  it.each([
    ['before it begins', 0],
    ['in its first bytes', 12],
  ])('that is compressed and stalls %s is an error', async (_where, bytes) => {
    const path = folder.path('stalled/f.bin');
    const server = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\n');
      socket.write(gzipSync(ZIP).subarray(0, bytes));
    });
    const client = quickClient({ baseUrl: server.url, stallMs: 50, retry: { attempts: 1 } });
    const error = await failure(sendWith(client, {}, { save: { path } }));
    expect(error.message).toContain('no byte came for 0.05 s');
    expect(left(path)).toEqual([]);
  });

  it('may be larger than bodies in memory', async () => {
    const server = await serve(() => zipped);
    const path = folder.path('f.bin');
    await sendWith(
      quickClient({ baseUrl: server.url, maxBytes: 1_000 }),
      {},
      { save: { path, maxBytes: ZIP.length } },
    ).response;
    expect(readFileSync(path).length).toBe(ZIP.length);
  });

  it.each<[string, ServedResponse, RegExp]>([
    [
      '404',
      { status: 404, text: 'no such course', headers: { 'content-type': 'application/zip' } },
      /returned status 404\..* The response says: no such course/,
    ],
    [
      'JSON',
      { json: { message: 'Course not found.' } },
      /returned status 200\. A file was expected, and JSON came: \{"message":"Course not found\."\}/,
    ],
    [
      'problem JSON',
      { json: {}, headers: { 'content-type': 'application/problem+json; charset=utf-8' } },
      /JSON came/,
    ],
    [
      'a web page',
      { text: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } },
      /is a web page, not the API's/,
    ],
  ])('is never %s in place of a file', async (_what, response, message) => {
    const path = folder.path('f.bin');
    const server = await serve(() => response);
    const sent = sendWith(quickClient({ baseUrl: server.url }), {}, { save: { path } });
    const error = await failure(sent);
    expect(error).toBeInstanceOf(HttpError);
    expect(error.message).toMatch(message);
    expect([left(path), server.requests.length]).toEqual([[], 1]);
  });

  it.each<[string, ServedResponse, object]>([
    ['204', { status: 204 }, {}],
    ['a status that is accepted', { status: 404, text: 'x' }, { accept: [404] }],
    ['an ignored response', { json: {} }, { actions: [{ statusCode: 200, action: 'ignore' }] }],
  ])('is not made of %s', async (_what, response, options) => {
    const path = folder.path('f.bin');
    const server = await serve(() => response);
    await sendWith(quickClient({ baseUrl: server.url }), {}, { save: { path }, ...options })
      .response;
    expect(left(path)).toEqual([]);
  });

  it('that cannot be written is an error at once that says where and why, and holds no connection', async () => {
    const path = folder.path('taken');
    mkdirSync(path);
    const server = await serve(() => zipped);
    const client = quickClient({ baseUrl: server.url });
    const under = `${folder.path('file')}/x`;
    writeFileSync(folder.path('file'), '');
    for (const [where, why] of [
      [path, 'EISDIR'],
      [under, 'ENOTDIR|EEXIST'],
    ] as const) {
      const sent = sendWith(client, {}, { save: { path: where } });
      expect((await failure(sent)).message).toMatch(
        new RegExp(`${where} cannot be written: (${why})`),
      );
      expect(statuses(sent.events)).toEqual([null]);
    }
    await server.requests[1]?.closed;
    expect(readdirSync(dirname(path)).sort()).toEqual(['file', 'taken']);
  });
});
