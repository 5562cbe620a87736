import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { savePath } from '#src/rest/resources/save-path.js';
import { restSource } from 'sluice';
import { serve } from '../../support/local-server.js';
import { readSource } from '../../support/read-pages.js';
import { tempFolder } from '../../support/temp-folder.js';

const pathOf = (value: string | number, template = 'files/{resources.a.id}.bin'): string =>
  savePath(template, () => value, 'b').path;

describe('the path of a saved response', () => {
  it.each<[string, string | number, string]>([
    ['a plain value as it is', 'Course_7-b.v2', 'files/Course_7-b.v2.bin'],
    ['a number', 7, 'files/7.bin'],
    ['slashes and drives as parts of a name', 'C:\\a/b', 'files/C%3A%5Ca%2Fb.bin'],
    ['what would lead to another folder', '../../etc/passwd', 'files/%2E.%2F..%2Fetc%2Fpasswd.bin'],
    ['a name of a device on Windows that is none', 'con', 'files/%63on.bin'],
    ['dots at the end, which Windows leaves out', 'a..', 'files/a.%2E.bin'],
    ['NUL as a part of a name', 'a\0.txt', 'files/a%00.txt.bin'],
    ['letters beyond ASCII, and what looks encoded', 'é%2F', 'files/%C3%A9%252F.bin'],
  ])('has %s', (_what, value, path) => {
    expect(pathOf(value)).toBe(path);
  });

  it('is never the same for two values, however long, and always in its folder', () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 400 });
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(pathOf(a) === pathOf(b)).toBe(a === b);
        expect(pathOf(a)).toMatch(/^files\/[^/\\]{0,204}$/);
      }),
    );
    const [one, other] = ['a', 'b'].map((end) => pathOf('x'.repeat(300) + end));
    expect(one).not.toBe(other);
  });
});

describe('files of one run', () => {
  const folder = tempFolder();
  const file = { text: 'x', headers: { 'content-type': 'application/zip' } };
  const source = (url: string, saveAs: string): ReturnType<typeof restSource> =>
    restSource({
      client: {
        baseUrl: url,
        auth: { type: 'apiKey', name: 'k', apiKey: 'sesame-1234', location: 'query' },
      },
      resources: [
        { name: 'a', data: [{ id: 'a/b' }, { id: 'a:b' }, { id: 'a_b' }] },
        {
          name: 'b',
          endpoint: {
            path: 'f/{resources.a.id}',
            format: 'file',
            saveAs: join(folder.path('out'), saveAs),
          },
        },
      ],
    });

  it('have a name for each parent, and hold what came for it', async () => {
    const server = await serve(({ path }) => ({ ...file, text: decodeURIComponent(path) }));
    for (let run = 0; run < 2; run += 1) {
      const { error, rows } = await readSource(source(server.url, '{resources.a.id}.bin'));
      expect([error, rows['b']?.length]).toEqual([null, 3]);
    }
    expect(
      readdirSync(folder.path('out'))
        .map((name) => readFileSync(join(folder.path('out'), name), 'utf8'))
        .sort(),
    ).toEqual(['/f/a/b', '/f/a:b', '/f/a_b']);
  });

  it.each(['{resources.a.id}/x.bin', '{resources.a.id}/deep/x.bin'])(
    'are not written where a link leads out of the folder of all: %s',
    async (saveAs) => {
      const server = await serve(() => file);
      mkdirSync(folder.path('out'));
      mkdirSync(folder.path('elsewhere'));
      symlinkSync(folder.path('elsewhere'), folder.path('out/a_b'));
      const { error } = await readSource(source(server.url, saveAs));
      expect(error).toMatchObject({
        code: 'ERR_SLUICE_HTTP',
        message: expect.stringMatching(
          /^Resource b of parent .*a_b.*, page 1: .*x\.bin cannot be written: a link in it leads to \/.*\/elsewhere, out of \/.*\/out/,
        ) as string,
      });
      expect(readdirSync(folder.path('elsewhere'))).toEqual([]);
    },
  );

  it('are written through links within their folder, and through that of the folder itself', async () => {
    const server = await serve(() => file);
    mkdirSync(folder.path('real/other'), { recursive: true });
    symlinkSync(folder.path('real'), folder.path('out'));
    symlinkSync('other', folder.path('real/a_b'));
    const { error } = await readSource(source(server.url, '{resources.a.id}/x.bin'));
    expect(error).toBeNull();
    expect(readdirSync(folder.path('real/other'))).toEqual(['x.bin']);
  });

  it('never take the place of each other: one name for two parents is an error that names both requests', async () => {
    const server = await serve(() => file);
    const { error } = await readSource(source(server.url, 'all.bin'));
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringMatching(
        /^Resource b saves the responses to two requests as .*all\.bin: GET .*\/f\/a%2Fb and GET .*\/f\/a%3Ab\. Put a field into saveAs that differs/,
      ) as string,
    });
  });

  it('never are the pages of one list under one name', async () => {
    const server = await serve(({ query }, count) => ({
      ...file,
      headers: {
        ...file.headers,
        ...(query.get('page') === null && { link: '</f?page=2&api_key=sesame-1234>; rel="next"' }),
      },
      text: `page ${count}`,
    }));
    const saveAs = folder.path('pages.bin');
    const { error } = await readSource(
      restSource({
        client: { baseUrl: server.url },
        resources: [{ name: 'f', endpoint: { paginator: 'headerLink', format: 'file', saveAs } }],
      }),
    );
    expect(error).toMatchObject({
      message: expect.stringMatching(/GET .*\/f and GET .*\/f\?page=2&api_key=\*\*\*\. /) as string,
    });
    expect(readFileSync(saveAs, 'utf8')).toBe('page 1');
  });
});
