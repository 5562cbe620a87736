import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, type Service, startSandbox } from 'sluice/sandbox';
import { send, type SandboxResponse, type SendConfig, everyPage } from './send.js';
import { unzip } from './unzip.js';

type Row = Record<string, unknown>;

const HEADLESS = '/api/v1/headless';

describe('coassemble', () => {
  let sandbox: Sandbox;
  let service: Service;
  beforeEach(async () => {
    sandbox = await startSandbox({ rateScale: 1_000 });
    service = sandbox.coassemble;
  });
  afterEach(() => sandbox.close());

  const call = (method: string, path: string, config?: SendConfig): Promise<SandboxResponse> =>
    send(service, `${method} ${HEADLESS}${path}`, config);
  const get = (path: string): Promise<SandboxResponse> => call('GET', path);
  const rowsOf = async (path: string): Promise<Row[]> => (await get(path)).body as Row[];
  const held = (resource: string): readonly Row[] => service.data[resource] ?? [];
  const refusal = (status: number, code: string) => ({
    status,
    body: { message: expect.any(String), error: { code, status } },
  });

  describe('lists', () => {
    it.each(['courses', 'clients', 'users', 'collections'])(
      'give all %s, page by page',
      async (resource) => {
        expect(await everyPage((page) => rowsOf(`/${resource}?page=${page}&length=100`))).toEqual(
          held(resource),
        );
      },
    );

    it('page from 0, a hundred rows at most, bare arrays', async () => {
      expect(
        (
          await Promise.all([0, 1, 2, 3].map((page) => rowsOf(`/courses?page=${page}&length=500`)))
        ).map(({ length }) => length),
      ).toEqual([100, 100, 50, 0]);
      expect(await rowsOf('/users')).toHaveLength(100);
      expect(await rowsOf('/users?page=1')).toEqual([]);
    });

    it.each(['page=-1', 'page=x', 'page=0.5', 'length=0', 'length=-5', 'length=all'])(
      'refuse %s',
      async (query) => {
        expect(await get(`/courses?${query}`)).toMatchObject(refusal(400, 'BAD_REQUEST'));
      },
    );

    it('filter courses by title, owner, client and deletion', async () => {
      expect((await rowsOf('/courses?title=Course%2017:')).map(({ id }) => id)).toEqual([48_017]);
      expect(await rowsOf('/courses?identifier=author-3&clientIdentifier=acme-warehouse')).toEqual(
        held('courses').filter(
          (row) => row['identifier'] === 'author-3' && row['clientIdentifier'] === 'acme-warehouse',
        ),
      );
      expect(
        (await rowsOf('/courses?deleted=true')).every(({ deleted }) => typeof deleted === 'string'),
      ).toBe(true);
      expect(await rowsOf('/courses?deleted=true')).toHaveLength(10);
      expect(await everyPage((page) => rowsOf(`/courses?deleted=false&page=${page}`))).toHaveLength(
        240,
      );
    });

    it('send empty objects as arrays, and fields whose type changes', () => {
      const types = (name: string): Set<string> =>
        new Set(
          held('courses').map(({ [name]: value }) =>
            value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value,
          ),
        );
      expect([types('finish'), types('theme')]).toEqual([
        new Set(['array', 'object']),
        new Set(['array', 'object']),
      ]);
      expect([types('revision'), types('deleted')]).toEqual([
        new Set(['string', 'number']),
        new Set(['string', 'boolean', 'null']),
      ]);
    });

    it('filter users by client', async () => {
      expect(await rowsOf('/users?clientIdentifier=cobalt')).toEqual(
        held('users').filter((row) => row['clientIdentifier'] === 'cobalt'),
      );
    });
  });

  describe('quirks of lists', () => {
    it('lengthHonoured: no clamp', async () => {
      service.control.quirks.add('lengthHonoured');
      expect(await rowsOf('/courses?length=500')).toHaveLength(250);
    });

    it('smallPages: fewer rows than requested, silently', async () => {
      service.control.quirks.add('smallPages');
      expect(await rowsOf('/courses?length=100')).toHaveLength(50);
      expect(await everyPage((page) => rowsOf(`/courses?page=${page}`))).toEqual(held('courses'));
    });

    it('pageIgnored: every page is the first', async () => {
      service.control.quirks.add('pageIgnored');
      expect(await rowsOf('/courses?page=7')).toEqual(await rowsOf('/courses'));
    });

    it('newestFirst: the other way round', async () => {
      service.control.quirks.add('newestFirst');
      expect(await everyPage((page) => rowsOf(`/courses?page=${page}`))).toEqual(
        held('courses').toReversed(),
      );
    });

    it('deletedAsNumber: 1 and 0 instead of true and false', async () => {
      expect((await get('/courses?deleted=1')).status).toBe(400);
      service.control.quirks.add('deletedAsNumber');
      expect(await rowsOf('/courses?deleted=1')).toHaveLength(10);
      expect((await get('/courses?deleted=true')).status).toBe(400);
    });

    it('legacyAuth: the older scheme, and only that', async () => {
      service.control.quirks.add('legacyAuth');
      const { userId, apiKey } = service.credentials;
      expect((await get('/clients')).status).toBe(401);
      expect(
        (
          await call('GET', '/clients', {
            headers: {
              authorization: `COASSEMBLE-V1-SHA256 UserId=${userId}, UserToken=${apiKey}`,
            },
          })
        ).status,
      ).toBe(200);
      expect(service.requests.map(({ scheme }) => scheme)).toEqual([
        'COASSEMBLE',
        'COASSEMBLE-V1-SHA256',
      ]);
    });
  });

  describe('a course', () => {
    it('has its screens too', async () => {
      const { body } = await get('/courses/48002');
      expect(body).toMatchObject({ ...held('courses')[2], screens: [{ id: 1 }, { id: 2 }] });
      expect(body).toEqual(held('course')[2]);
      expect(held('course')).toHaveLength(250);
    });

    it.each(['/courses/1', '/courses/no%2Fsuch', '/translations/1', '/screen/types', '/nothing'])(
      '%s is not found',
      async (path) => {
        expect(await get(path)).toMatchObject(refusal(404, 'NOT_FOUND'));
      },
    );

    it('has translations', async () => {
      expect(await rowsOf('/translations/48010')).toMatchObject([
        { language: 'de', missingScreens: [] },
        { language: 'fr', missingScreens: [1] },
      ]);
      expect(await rowsOf('/translations/48011')).toEqual([]);
      expect(held('translations').filter((row) => row['course_id'] === 48_010)).toHaveLength(2);
    });
  });

  it('tells how it is set up', async () => {
    expect((await get('/setup/status')).body).toEqual({
      demoCourseId: 48_000,
      course: { id: 48_000, title: 'Course 0: forklift safety' },
      keyMode: 'test',
      themeId: null,
    });
  });

  describe('trackings', () => {
    it.each([
      ['/trackings', 'trackings', 'course_id', 48_004, 130],
      ['/trackings', 'trackings', 'course_id', 48_001, 1],
      ['/trackings', 'trackings', 'course_id', 48_000, 0],
      ['/screen/trackings', 'screen_trackings', 'course_id', 48_002, 120],
      ['/collection/trackings', 'collection_trackings', 'collection_id', 700, 3],
      ['/collection/trackings', 'collection_trackings', 'collection_id', 701, 0],
    ] as const)(
      '%s are those of one owner, which they do not name',
      async (path, resource, field, owner, length) => {
        const rows = (await everyPage((page) =>
          rowsOf(`${path}?id=${owner}&page=${page}`),
        )) as Row[];
        expect(rows).toHaveLength(length);
        expect(rows.map((row) => ({ [field]: owner, ...row }))).toEqual(
          held(resource).filter((row) => row[field] === owner),
        );
        for (const row of rows) expect(row).not.toHaveProperty(field);
        expect(await get(path)).toMatchObject(refusal(400, 'BAD_REQUEST'));
      },
    );

    it('filter by learner, completion and time', async () => {
      expect(await rowsOf('/trackings?id=48004&identifier=learner-20')).toHaveLength(2);
      const done = await rowsOf('/trackings?id=48004&completed=true');
      expect(done).toHaveLength(44);
      expect(await rowsOf('/trackings?id=48004&completed=false')).toHaveLength(86);
      expect(
        await rowsOf(
          `/trackings?id=48004&start=${encodeURIComponent('2025-03-04T08:15:30.000Z')}&end=2025-03-05T00:45:30Z`,
        ),
      ).toHaveLength(11);
    });

    it('legacyTrackings: no course is needed', async () => {
      service.control.quirks.add('legacyTrackings');
      expect(await everyPage((page) => rowsOf(`/trackings?page=${page}`))).toHaveLength(
        held('trackings').length,
      );
    });

    it('of a user stand in an envelope', async () => {
      const page = async (number: number): Promise<Row[]> =>
        (
          (await get(`/user/trackings?identifier=learner-0&page=${number}`)).body as {
            trackings: Row[];
          }
        ).trackings;
      const { body } = await get('/user/trackings?identifier=learner-0');
      const rows = held('user_trackings').filter((row) => row['identifier'] === 'learner-0');
      expect(body).toMatchObject({
        identifier: 'learner-0',
        clientIdentifier: 'acme-warehouse',
        name: null,
        totals: {
          viewed: rows.length,
          completed: rows.length,
          averageProgress: expect.any(Number),
        },
      });
      expect(rows.length).toBeGreaterThan(100);
      expect(
        (await everyPage(page)).map((row) => ({ identifier: 'learner-0', ...(row as Row) })),
      ).toEqual(rows);
    });

    it('of a user without any are none', async () => {
      expect((await get('/user/trackings?identifier=learner-99')).body).toMatchObject({
        totals: { viewed: 0, averageProgress: null },
        trackings: [],
      });
    });

    it('of a user find identifiers that must be encoded', async () => {
      for (const identifier of ['moodle:9f3c:1', 'noor+test@example.test', 'team a/ann & bob'])
        expect(
          (await get(`/user/trackings?identifier=${encodeURIComponent(identifier)}`)).body,
        ).toMatchObject({ identifier });
    });

    it('of a user need a user', async () => {
      expect(await get('/user/trackings')).toMatchObject(refusal(400, 'BAD_REQUEST'));
      expect(await get('/user/trackings?identifier=nobody')).toMatchObject(
        refusal(404, 'NOT_FOUND'),
      );
    });
  });

  describe('usage', () => {
    it('stands under data, fifty rows a page', async () => {
      const page = async (number: number, span: string): Promise<Row[]> =>
        ((await get(`/usage/clients?${span}&page=${number}`)).body as { data: Row[] }).data;
      expect(await page(0, 'start=2024-03-01&end=2025-03-01')).toHaveLength(50);
      const both = await Promise.all(
        ['start=2024-03-01&end=2025-03-01', 'start=2025-03-01&end=2025-06-01'].map((span) =>
          everyPage((number) => page(number, span)),
        ),
      );
      expect(both.flat()).toEqual(held('usage_clients'));
    });

    it.each([
      '',
      'start=2024-03-01',
      'start=2024-03-01&end=2025-03-03',
      'start=2025-03-01&end=2024-03-01',
      'start=soon&end=later',
    ])('refuses the span "%s"', async (span) => {
      expect(await get(`/usage/clients?${span}`)).toMatchObject(refusal(400, 'BAD_REQUEST'));
    });

    it('takes 366 days', async () => {
      expect((await get('/usage/clients?start=2024-03-01&end=2025-03-02')).status).toBe(200);
    });
  });

  it.each([
    '/trackings?id=48001',
    '/screen/trackings?id=48001',
    '/collection/trackings?id=700',
    '/user/trackings?identifier=learner-0',
    '/usage/clients?start=2025-03-01&end=2025-04-01',
  ])('basicPlan: %s is not in it, courses are', async (path) => {
    service.control.quirks.add('basicPlan');
    expect(await get(path)).toMatchObject(refusal(403, 'FORBIDDEN'));
    expect((await get('/courses')).status).toBe(200);
  });

  describe('course/url', () => {
    const url = (json: unknown): Promise<SandboxResponse> => call('POST', '/course/url', { json });

    it('is an address with a token, as text that says it is bytes', async () => {
      const { status, headers, body } = await url({
        action: 'view',
        id: 48_001,
        identifier: 'learner-1',
        options: { flow: 'preview' },
      });
      expect([status, headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
      expect(body).toMatch(/^https:\/\/headless\.example\.test\/view\/[\w-]+\.[\w-]+\.[\w-]+$/);
      const claims = Buffer.from(String(body).split('.').at(-2) ?? '', 'base64url').toString();
      expect(JSON.parse(claims)).toEqual({
        course: 48_001,
        identifier: 'learner-1',
        clientIdentifier: null,
      });
    });

    it.each([
      [{ action: 'view', id: 48_001, options: [] }, 400],
      [{ action: 'view', id: 48_001, options: 'flow' }, 400],
      [{ action: 'view' }, 400],
      [{ action: 'watch', id: 48_001 }, 400],
      [undefined, 400],
      [{ action: 'view', id: 1 }, 404],
    ])('refuses %j', async (json, status) => {
      expect((await url(json)).status).toBe(status);
      expect(held('courses')).toHaveLength(250);
    });

    it('makes a draft each time it edits nothing', async () => {
      await url({ action: 'edit', identifier: 'learner-3', clientIdentifier: 'acme-warehouse' });
      await url({ action: 'edit', identifier: 'learner-3', clientIdentifier: 'acme-warehouse' });
      expect(held('courses')).toHaveLength(252);
      expect(await rowsOf('/courses?identifier=learner-3')).toMatchObject([
        { id: 48_250, title: 'Untitled course', published: null },
        { id: 48_251 },
      ]);
      await url({ action: 'edit', id: 48_250 });
      expect(held('courses')).toHaveLength(252);
    });

    it('cannot be fetched', async () => {
      expect(await get('/course/url')).toMatchObject(refusal(404, 'NOT_FOUND'));
    });

    it('urlInJson: wrapped', async () => {
      service.control.quirks.add('urlInJson');
      expect((await url({ action: 'view', id: 48_001 })).body).toMatchObject({
        url: expect.stringContaining('/view/'),
      });
    });
  });

  describe('course/scorm', () => {
    it('is a zip with a name and a length', async () => {
      const { status, headers, bytes } = await get('/course/scorm/48001');
      expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([
        200,
        'application/zip',
        'attachment; filename="course-48001.zip"',
      ]);
      expect(Number(headers.get('content-length'))).toBe(bytes.length);
      expect(unzip(bytes)['imsmanifest.xml']?.toString()).toContain(
        '<schemaversion>1.2</schemaversion>',
      );
    });

    it('comes in the requested type and version', async () => {
      const files = unzip((await get('/course/scorm/48001?type=static&version=2004')).bytes);
      expect(files['imsmanifest.xml']?.toString()).toContain('<schemaversion>2004</schemaversion>');
      expect(files['index.html']?.toString()).toContain('static');
      expect(await get('/course/scorm/48001?type=liquid')).toMatchObject(
        refusal(400, 'BAD_REQUEST'),
      );
      expect(await get('/course/scorm/48001?version=3')).toMatchObject(refusal(400, 'BAD_REQUEST'));
    });

    it('is large once, and without a length', async () => {
      const { headers, bytes } = await get('/course/scorm/48002');
      expect(headers.get('content-length')).toBeNull();
      expect(bytes.length).toBeGreaterThanOrEqual(256 * 1024);
      expect(unzip(bytes)['media.bin']).toHaveLength(300_000);
    });

    it('is refused in JSON: not in the plan, or unknown', async () => {
      expect(await get('/course/scorm/48003')).toMatchObject(refusal(403, 'FORBIDDEN'));
      expect(await get('/course/scorm/1')).toMatchObject(refusal(404, 'NOT_FOUND'));
    });

    it('has a manifest of what may be fetched', async () => {
      expect(held('course_scorm')).toHaveLength(249);
      for (const id of [48_001, 48_002]) {
        const { bytes } = await get(`/course/scorm/${id}`);
        expect(held('course_scorm')).toContainEqual({
          course_id: id,
          bytes: bytes.length,
          sha256: createHash('sha256').update(bytes).digest('hex'),
        });
      }
    });

    it('scormRedirect: lies on another host, which needs no credentials', async () => {
      const direct = await get('/course/scorm/48001?type=static');
      service.control.quirks.add('scormRedirect');
      const followed = await get('/course/scorm/48001?type=static');
      expect(followed.bytes).toEqual(direct.bytes);
      expect(service.requests.slice(1)).toMatchObject([
        { status: 302, scheme: 'COASSEMBLE' },
        {
          status: 200,
          url: '/storage/static/1.2/48001.zip',
          scheme: null,
          headers: { host: expect.stringContaining('localhost') },
        },
      ]);
    });
  });

  describe('deleting', () => {
    const remove = (path: string, json?: unknown): Promise<SandboxResponse> =>
      call('DELETE', path, { json });

    it.each(['learner-1', 'moodle:9f3c:1', 'noor+test@example.test', 'team a/ann & bob'])(
      'the user %s works once',
      async (identifier) => {
        const path = `/user/${encodeURIComponent(identifier)}`;
        expect(await remove(path)).toMatchObject({ status: 200, body: {} });
        expect(held('users').map((row) => row['identifier'])).not.toContain(identifier);
        expect(held('users')).toHaveLength(99);
        expect(await remove(path)).toMatchObject(refusal(404, 'NOT_FOUND'));
      },
    );

    const trackingsOf = (identifier: string): number =>
      held('trackings').filter((row) => row['identifier'] === identifier).length;

    it('a user keeps the trackings by default', async () => {
      const before = held('trackings').length;
      await remove('/user/learner-1');
      expect(held('trackings')).toHaveLength(before);
    });

    it.each(['body', 'query'])('a user takes the action from the %s', async (place) => {
      const send = (fields: Record<string, string>): Promise<SandboxResponse> =>
        place === 'body'
          ? remove('/user/learner-1', fields)
          : remove(`/user/learner-1?${new URLSearchParams(fields).toString()}`);
      const [own, other] = [trackingsOf('learner-1'), trackingsOf('learner-2')];
      expect(await send({ action: 'explode' })).toMatchObject(refusal(400, 'BAD_REQUEST'));
      expect(await send({ action: 'reallocate' })).toMatchObject(refusal(400, 'BAD_REQUEST'));
      expect(await send({ action: 'reallocate', reallocateTo: 'learner-1' })).toMatchObject(
        refusal(400, 'BAD_REQUEST'),
      );
      expect((await send({ action: 'reallocate', reallocateTo: 'learner-2' })).status).toBe(200);
      expect([trackingsOf('learner-1'), trackingsOf('learner-2')]).toEqual([0, own + other]);
    });

    it('a user with what is theirs', async () => {
      await call('POST', '/course/url', { json: { action: 'edit', identifier: 'learner-1' } });
      expect((await remove('/user/learner-1', { action: 'delete' })).status).toBe(200);
      expect(trackingsOf('learner-1')).toBe(0);
      expect(held('courses')).toHaveLength(250);
    });

    it('a client takes everything of it along', async () => {
      expect(await remove('/client/borealis')).toMatchObject({ status: 200, body: {} });
      for (const resource of ['clients', 'users', 'courses', 'trackings', 'usage_clients'])
        expect(held(resource).map((row) => row['clientIdentifier'])).not.toContain('borealis');
      const courses = new Set(held('courses').map(({ id }) => id));
      for (const resource of ['trackings', 'screen_trackings', 'translations'])
        expect(held(resource).filter((row) => !courses.has(row['course_id']))).toEqual([]);
      expect((await get('/courses/48001')).status).toBe(404);
      expect(await remove('/client/borealis')).toMatchObject(refusal(404, 'NOT_FOUND'));
    });
  });
});
