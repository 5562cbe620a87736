import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ASSEMBLED_END,
  ASSEMBLED_START,
  type Sandbox,
  type Service,
  startSandbox,
} from 'sluice/sandbox';
import { send, type SandboxResponse, type SendConfig, basic, everyPage } from './send.js';

type Row = Record<string, unknown>;

const DAY = 86_400;
const WHOLE = `start_time=${ASSEMBLED_START}&end_time=${ASSEMBLED_END}`;

describe('assembled', () => {
  let sandbox: Sandbox;
  let service: Service;
  beforeEach(async () => {
    sandbox = await startSandbox({ rateScale: 1_000 });
    service = sandbox.assembled;
  });
  afterEach(() => sandbox.close());

  const get = (path: string, config?: SendConfig): Promise<SandboxResponse> =>
    send(service, `GET ${path}`, config);
  const bodyOf = async (path: string): Promise<Row> => (await get(path)).body as Row;
  const held = (resource: string): readonly Row[] => service.data[resource] ?? [];
  const day = (number: number): string =>
    `start_time=${ASSEMBLED_START + number * DAY}&end_time=${ASSEMBLED_START + (number + 1) * DAY}`;
  const valuesAt = async (path: string, name: string): Promise<Row[]> =>
    Object.values((await bodyOf(path))[name] as object);

  describe('credentials', () => {
    it.each(['', 'None', 'undefined', 'x'])(
      'are the key and nothing behind the colon, not "%s"',
      async (password) => {
        const { status } = await get('/v0/roles', {
          headers: { authorization: basic(`${service.credentials['apiKey']}:${password}`) },
        });
        expect(status).toBe(password === '' ? 200 : 401);
      },
    );

    it('need the colon, and Basic', async () => {
      const { apiKey = '' } = service.credentials;
      for (const authorization of [basic(apiKey), `Bearer ${apiKey}`, ''])
        expect((await get('/v0/roles', { headers: { authorization } })).status).toBe(401);
    });
  });

  it('numbers its responses, whatever they hold', async () => {
    service.control.failNext(1, 500);
    const paths = ['/v0/roles', '/v0/roles', '/v0/nothing', '/v0/v0/roles', '/v0/agents/state'];
    const responses: SandboxResponse[] = [];
    for (const path of paths) responses.push(await get(path));
    expect(responses.map(({ status, headers }) => [status, headers.get('request-id')])).toEqual([
      [500, 'req_1'],
      [200, 'req_2'],
      [404, 'req_3'],
      [404, 'req_4'],
      [400, 'req_5'],
    ]);
  });

  it('records the requested version', async () => {
    await get('/v0/roles', { headers: { 'API-Version': '2019-06-20' } });
    expect(service.requests[0]?.headers['api-version']).toBe('2019-06-20');
  });

  it('plainErrors: errors are text', async () => {
    service.control.quirks.add('plainErrors');
    expect(await get('/v0/agents/state')).toMatchObject({
      status: 400,
      body: 'Missing required field start_time',
    });
    expect(await get('/v0/roles', { headers: { authorization: 'Basic x' } })).toMatchObject({
      status: 401,
      body: 'Unauthorized',
    });
  });

  describe('people', () => {
    const page = async (number: number): Promise<Row[]> =>
      valuesAt(`/v0/people?limit=100&offset=${number * 100}`, 'people');

    it('come in a map with total, limit and offset, and the lists that they refer to', async () => {
      const body = await bodyOf('/v0/people?limit=100&offset=200');
      expect(body).toMatchObject({ total: 230, limit: 100, offset: 200 });
      expect(Object.keys(body)).toEqual([
        'people',
        'teams',
        'sites',
        'skills',
        'queues',
        'total',
        'limit',
        'offset',
      ]);
      expect(Object.keys(body['people'] as object)).toHaveLength(30);
    });

    it('are all there, page by page', async () => {
      expect(await everyPage(page)).toEqual(held('people'));
    });

    it('are not in the order of their ids, and lack fields', () => {
      const ids = held('people').map(({ id }) => String(id));
      expect(ids).not.toEqual(ids.toSorted());
      expect(held('people').filter((row) => !('email' in row)).length).toBeGreaterThan(0);
      expect(held('people').filter((row) => !('agent_id' in row)).length).toBeGreaterThan(0);
      expect(held('people').filter(({ deleted }) => deleted)).toHaveLength(5);
      expect(held('people').filter(({ id, agent_id: agent }) => id === agent)).toEqual([]);
      expect(
        new Set(held('people').map(({ platforms }) => Object.keys(platforms as object).join())),
      ).toEqual(new Set(['zendesk', 'intercom,salesforce']));
    });

    it('come a hundred a page, five hundred at most', async () => {
      expect(await bodyOf('/v0/people')).toMatchObject({ limit: 100 });
      expect(await bodyOf('/v0/people?limit=9999')).toMatchObject({ limit: 500 });
      expect((await get('/v0/people?limit=0')).status).toBe(400);
      expect((await get('/v0/people?offset=-1')).status).toBe(400);
    });

    it('nullTotals, movingTotals: a total that is null, or grows', async () => {
      service.control.quirks.add('movingTotals');
      expect([
        (await bodyOf('/v0/people'))['total'],
        (await bodyOf('/v0/people?offset=100'))['total'],
      ]).toEqual([230, 231]);
      service.control.quirks.add('nullTotals');
      expect((await bodyOf('/v0/people'))['total']).toBeNull();
    });

    it('smallPages: fewer rows than requested; offsetIgnored: always the first page', async () => {
      service.control.quirks.add('smallPages');
      expect(await valuesAt('/v0/people?limit=100', 'people')).toHaveLength(50);
      service.control.quirks.add('offsetIgnored');
      expect(await valuesAt('/v0/people?offset=100', 'people')).toEqual(
        await valuesAt('/v0/people', 'people'),
      );
    });

    it('can be requested one by one, at the top level', async () => {
      expect(await bodyOf('/v0/people/p-0007')).toEqual(
        held('person').find(({ id }) => id === 'p-0007'),
      );
      expect(held('person')).toHaveLength(230);
      expect(await get('/v0/people/seven')).toMatchObject({
        status: 400,
        body: { code: 'bad_request' },
      });
      expect(await get('/v0/people/p-9999')).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
    });
  });

  it.each([
    ['roles', 'roles'],
    ['teams', 'teams'],
    ['sites', 'sites'],
    ['queues', 'filters_queues'],
    ['skills', 'skills'],
    ['activity_types', 'activity_types'],
    ['requirement_types', 'requirement_types'],
  ])('%s are a map, whole, whatever limit and offset say', async (name, resource) => {
    const body = await bodyOf(`/v0/${name}?limit=1&offset=3`);
    expect(Object.keys(body)).toEqual([name]);
    expect(body[name]).toEqual(Object.fromEntries(held(resource).map((row) => [row['id'], row])));
  });

  it('deletes the teams that a body names', async () => {
    expect((await send(service, 'DELETE /v0/teams')).status).toBe(400);
    expect(
      (await send(service, 'DELETE /v0/teams', { json: { team_ids: ['t-1', 't-2'] } })).status,
    ).toBe(200);
    expect(held('teams').map(({ id }) => id)).toEqual(['t-0', 't-3', 't-4']);
  });

  describe('windows', () => {
    it.each([
      'agents/state',
      'requirements',
      'activities',
      'event_changes',
      'forecasts?channel=phone',
      'assist/conversations',
    ])('of %s are required, in unix seconds', async (path) => {
      const url = (query: string): string => `/v0/${path}${path.includes('?') ? '&' : '?'}${query}`;
      expect(await get(url(''))).toMatchObject({
        status: 400,
        body: { message: 'Missing required field start_time' },
      });
      expect(await get(url(`start_time=${ASSEMBLED_START}`))).toMatchObject({
        status: 400,
        body: { message: 'Missing required field end_time' },
      });
      for (const time of ['2025-03-04', '2025-03-04T00:00:00Z', '1741046400.5', ''])
        expect((await get(url(`start_time=${time}&end_time=${ASSEMBLED_END}`))).status).toBe(400);
      expect((await get(url(WHOLE))).status).toBe(200);
    });

    it('are open at their end; inclusiveEnd: closed', async () => {
      const states = async (): Promise<unknown> =>
        (
          await bodyOf(
            `/v0/agents/state?start_time=${ASSEMBLED_START}&end_time=${ASSEMBLED_START + 172}`,
          )
        )['total'];
      expect(await states()).toBe(1);
      service.control.quirks.add('inclusiveEnd');
      expect(await states()).toBe(2);
    });
  });

  describe('agent states', () => {
    it('are paged: a day that fills a page exactly, a day with more, a day with none', async () => {
      expect(await bodyOf(`/v0/agents/state?${WHOLE}&limit=500`)).toMatchObject({
        total: 1_100,
        limit: 500,
      });
      const days = await Promise.all(
        [0, 1, 2].map((number) =>
          everyPage((page) =>
            valuesAt(
              `/v0/agents/state?${day(number)}&limit=500&offset=${page * 500}`,
              'agent_states',
            ),
          ),
        ),
      );
      expect(days.map(({ length }) => length)).toEqual([500, 600, 0]);
      expect(days.flat()).toEqual(held('agent_states'));
    });

    it('are open, some of them', () => {
      expect(held('agent_states').filter(({ end_time: end }) => end === null)).toHaveLength(10);
    });

    it('can be those of one agent', async () => {
      expect(await valuesAt(`/v0/agents/state?${WHOLE}&agent_id=a-7`, 'agent_states')).toEqual(
        held('agent_states').filter((row) => row['agent_id'] === 'a-7'),
      );
    });

    it('nullStates: null when there are none', async () => {
      expect((await bodyOf(`/v0/agents/state?${day(2)}`))['agent_states']).toEqual([]);
      service.control.quirks.add('nullStates');
      expect(await bodyOf(`/v0/agents/state?${day(2)}`)).toMatchObject({
        agent_states: null,
        total: 0,
      });
    });
  });

  it('requirements are an array without a total', async () => {
    const body = await bodyOf(`/v0/requirements?${WHOLE}`);
    expect(body).toEqual({ requirements: held('requirements') });
  });

  describe('activities', () => {
    it('are a map by a key that is not their id, whole', async () => {
      const { activities } = await bodyOf(`/v0/activities?${WHOLE}&limit=1&offset=50`);
      expect(
        Object.entries(activities as object).map(([key, row]) => ({
          id_with_timestamps: key,
          ...row,
        })),
      ).toEqual(held('activities'));
      expect(new Set(held('activities').map(({ id }) => id)).size).toBe(60);
    });

    it('over midnight are in both days', async () => {
      const keys = async (number: number): Promise<string[]> =>
        Object.keys((await bodyOf(`/v0/activities?${day(number)}`))['activities'] as object);
      const [first, second] = [await keys(0), await keys(1)];
      expect(first.filter((key) => second.includes(key)).length).toBeGreaterThan(0);
    });

    it('include types and agents on request', async () => {
      expect(Object.keys(await bodyOf(`/v0/activities?${WHOLE}`))).toEqual(['activities']);
      const body = await bodyOf(
        `/v0/activities?${WHOLE}&include_activity_types=true&include_agents=true`,
      );
      expect(Object.keys(body)).toEqual(['activities', 'activity_types', 'agents']);
      expect(body['agents']).toMatchObject({ 'a-7': { agent_id: 'a-7' } });
    });
  });

  it('event changes are a map with a total; changesArray: an array', async () => {
    const body = await bodyOf(`/v0/event_changes?${WHOLE}`);
    expect(body['total']).toBe(60);
    expect(Object.values(body['event_changes'] as object)).toEqual(held('event_changes'));
    service.control.quirks.add('changesArray');
    expect((await bodyOf(`/v0/event_changes?${WHOLE}`))['event_changes']).toEqual(
      held('event_changes'),
    );
  });

  it('forecasts need a channel; milliseconds: times a thousand', async () => {
    expect(await get(`/v0/forecasts?${WHOLE}`)).toMatchObject({
      status: 400,
      body: { message: 'Missing required field channel' },
    });
    const both = await Promise.all(
      ['phone', 'email'].map((channel) =>
        valuesAt(`/v0/forecasts?${WHOLE}&channel=${channel}`, 'forecasts'),
      ),
    );
    const keyOf = (row: Row): string => [row['start_time'], row['channel'], row['queue_id']].join();
    expect(both.flat().map(keyOf).toSorted()).toEqual(held('forecasts').map(keyOf).toSorted());
    service.control.quirks.add('milliseconds');
    expect(
      (await valuesAt(`/v0/forecasts?${WHOLE}&channel=phone`, 'forecasts'))[0]?.['start_time'],
    ).toBe(ASSEMBLED_START * 1000);
  });

  it('conversations are wrapped and paged; conversationsArray: bare', async () => {
    expect(await bodyOf(`/v0/assist/conversations?${WHOLE}`)).toMatchObject({
      conversations: held('assist_conversations'),
      total: 30,
    });
    service.control.quirks.add('conversationsArray');
    expect(await bodyOf(`/v0/assist/conversations?${WHOLE}&limit=20&offset=20`)).toEqual(
      held('assist_conversations').slice(20),
    );
    expect((await get(`/v0/assist/conversations?${WHOLE}&limit=x`)).status).toBe(400);
  });

  describe('reports', () => {
    const body = {
      start_time: ASSEMBLED_START,
      end_time: ASSEMBLED_END,
      interval: '30m',
      channel: 'phone',
    };
    const order = async (type: string, json: Row = body): Promise<string> =>
      String(
        ((await send(service, `POST /v0/reports/${type}`, { json })).body as Row)['report_id'],
      );
    const polled = async (id: string): Promise<Row[]> => [
      await bodyOf(`/v0/reports/${id}`),
      await bodyOf(`/v0/reports/${id}`),
      await bodyOf(`/v0/reports/${id}?limit=500`),
    ];

    it.each(['adherence', 'agent_ticket_stats'])(
      'of type %s are ordered, polled and read in pages',
      async (type) => {
        const id = await order(type);
        const [first, second, third] = await polled(id);
        expect(first).toEqual({
          report_id: id,
          status: 'in_progress',
          created_at: '2025-03-04T00:00:00.000Z',
        });
        expect(second).toEqual(first);
        expect(third).toMatchObject({
          report_id: id,
          status: 'complete',
          total_metric_count: 1_050,
        });
        expect(third).not.toHaveProperty('offset');
        const rows = await everyPage((page) =>
          valuesAt(`/v0/reports/${id}?limit=500&offset=${page * 500}`, 'metrics'),
        );
        expect(rows.map((row) => ({ report_id: id, ...(row as Row) }))).toEqual(
          held('reports_get'),
        );
        expect(new Set(rows.map((row) => JSON.stringify((row as Row)['attributes']))).size).toBe(
          1_050,
        );
      },
    );

    it('of one type fail', async () => {
      const [, second, third] = await polled(await order('agent_state_handle_times'));
      expect([second?.['status'], third?.['status']]).toEqual(['in_progress', 'failed']);
      expect(third).not.toHaveProperty('metrics');
      expect(held('reports_get')).toEqual([]);
    });

    it('for a time without data have no metrics', async () => {
      const [, , third] = await polled(
        await order('adherence', {
          ...body,
          start_time: ASSEMBLED_END,
          end_time: ASSEMBLED_END + DAY,
        }),
      );
      expect(third).toMatchObject({ status: 'complete', total_metric_count: 0, metrics: [] });
    });

    it('ordered alike are the same, others are not', async () => {
      const ids = [
        await order('adherence'),
        await order('adherence', Object.fromEntries(Object.entries(body).toReversed())),
        await order('adherence', { ...body, channel: 'email' }),
        await order('agent_ticket_stats'),
      ];
      expect(ids[1]).toBe(ids[0]);
      expect(new Set(ids).size).toBe(3);
      expect(held('reports_get')).toHaveLength(3 * 1_050);
    });

    it('need a time and a type that there is', async () => {
      const refused = (type: string, json?: unknown): Promise<SandboxResponse> =>
        send(service, `POST /v0/reports/${type}`, { json });
      expect(await refused('adherence')).toMatchObject({
        status: 400,
        body: { message: 'Missing required field start_time' },
      });
      expect(await refused('adherence', { ...body, end_time: '2025-03-05' })).toMatchObject({
        status: 400,
        body: { message: 'end_time must be unix seconds' },
      });
      expect((await refused('happiness', body)).status).toBe(404);
      expect((await get('/v0/reports/rep_unknown')).status).toBe(404);
    });

    it('refuse invalid pages', async () => {
      const id = await order('adherence');
      await polled(id);
      expect((await get(`/v0/reports/${id}?offset=-1`)).status).toBe(400);
    });

    it('emptyRefusal: orders are refused with an empty body', async () => {
      service.control.quirks.add('emptyRefusal');
      expect(await send(service, 'POST /v0/reports/adherence', { json: body })).toMatchObject({
        status: 400,
        body: '',
      });
    });

    it('reportsWithoutId: have no id', async () => {
      service.control.quirks.add('reportsWithoutId');
      for (const response of await polled(await order('adherence')))
        expect(response).not.toHaveProperty('report_id');
    });
  });
});
