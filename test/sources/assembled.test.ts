import { describe, expect, it } from 'vitest';
import { duckdb, pipeline, type Source } from 'sluice';
import { ASSEMBLED_END, ASSEMBLED_START, type Service, startSandbox } from 'sluice/sandbox';
import { assembled } from 'sluice/sources/assembled';
import { tempFolder } from '../support/temp-folder.js';
import { testSource } from '../support/test-source.js';

const source = ({ url, credentials }: Service, wrong?: boolean): Source =>
  assembled({
    baseUrl: url,
    apiKey: wrong === true ? 'sk_live_wrong_key' : (credentials['apiKey'] ?? ''),
    startTime: ASSEMBLED_START,
    endTime: ASSEMBLED_END,
    rateLimit: '300000/1m burst 20000',
  });

testSource({
  service: 'assembled',
  source,
  scheme: 'Basic',
  keys: {
    people: ['id'],
    roles: ['id'],
    teams: ['id'],
    sites: ['id'],
    filters_queues: ['id'],
    skills: ['id'],
    activity_types: ['id'],
    requirement_types: ['id'],
    agent_states: ['agent_id', 'platform', 'start_time'],
    requirements: ['requirement_type_id', 'start_time', 'end_time'],
    activities: ['id_with_timestamps'],
    event_changes: ['id'],
    assist_conversations: ['id'],
  },
  children: [
    {
      child: 'people__queues',
      column: '_dlt_parent_id',
      parent: 'people',
      parentColumn: '_dlt_id',
    },
    {
      child: 'assist_conversations__messages',
      column: '_dlt_parent_id',
      parent: 'assist_conversations',
      parentColumn: '_dlt_id',
    },
  ],
  limited: true,
});

describe('assembled', () => {
  const folder = tempFolder();

  it('requests days one by one, in unix seconds', async () => {
    const sandbox = await startSandbox({ rateScale: 1_000 });
    await pipeline({ name: 'p', destination: duckdb(folder.path('t.duckdb')) }).run(
      source(sandbox.assembled).withResources(['requirements']),
    );
    const windows = sandbox.assembled.requests.map(
      ({ url }) => new URL(url, 'http://x').searchParams,
    );
    expect(
      windows
        .map((query) => [Number(query.get('start_time')), Number(query.get('end_time'))])
        .sort((a, b) => Number(a[0]) - Number(b[0])),
    ).toEqual(
      [0, 1, 2].map((day) => [
        ASSEMBLED_START + day * 86_400,
        ASSEMBLED_START + (day + 1) * 86_400,
      ]),
    );
    await sandbox.close();
  });

  it.each(['nullStates', 'conversationsArray'])('copes with the quirk %s', async (quirk) => {
    const sandbox = await startSandbox({ rateScale: 1_000 });
    sandbox.assembled.control.quirks.add(quirk);
    const destination = duckdb(folder.path('t.duckdb'));
    const wide = assembled({
      baseUrl: sandbox.assembled.url,
      apiKey: sandbox.assembled.credentials['apiKey'] ?? '',
      startTime: ASSEMBLED_START - 86_400,
      endTime: ASSEMBLED_END,
      rateLimit: '300000/1m',
    });
    await pipeline({ name: 'p', destination, dataset: 'data' }).run(
      wide.withResources(['agent_states', 'assist_conversations']),
    );
    expect(
      await destination.query(
        'SELECT (SELECT count(*) FROM data.agent_states) AS states, (SELECT count(*) FROM data.assist_conversations) AS conversations',
      ),
    ).toEqual([
      {
        states: sandbox.assembled.data['agent_states']?.length,
        conversations: sandbox.assembled.data['assist_conversations']?.length,
      },
    ]);
    await sandbox.close();
  });
});
