import { count, type Row } from '../rows.js';

/** What the stand-in holds, by resource. */
export type AssembledData = Record<
  | 'people'
  | 'roles'
  | 'teams'
  | 'sites'
  | 'filters_queues'
  | 'skills'
  | 'activity_types'
  | 'requirement_types'
  | 'agent_states'
  | 'requirements'
  | 'activities'
  | 'event_changes'
  | 'assist_conversations'
  | 'forecasts',
  Row[]
>;

export const DAY = 86_400;
/** First second of the days that the stand-in has data for: 4 March 2025, UTC. */
export const ASSEMBLED_START = 1_741_046_400;
/** First second after them: three days later. */
export const ASSEMBLED_END: number = ASSEMBLED_START + 3 * DAY;

/**
 * 230 people, 1,100 states (500 on the first day, a page exactly, and none on the last), 120
 * shifts, some of them over midnight.
 */
export function assembledData(): AssembledData {
  return {
    people: count(230, person),
    roles: named('r', 3).map(({ id, name }) => ({ id, name })),
    teams: named('t', 5),
    sites: named('s', 3),
    filters_queues: named('q', 4),
    skills: named('k', 2),
    activity_types: count(6, (i) => ({
      id: `at-${i}`,
      name: `Type ${i}`,
      short_name: `T${i}`,
      value: i,
      channels: ['phone'],
      productive: i % 2 === 0,
      timeoff: i === 5,
    })),
    requirement_types: count(3, (i) => ({
      id: `rt-${i}`,
      name: `Requirement ${i}`,
      activity_type_ids: [`at-${i}`],
      queue: `q-${i}`,
      channel: 'phone',
    })),
    agent_states: count(1_100, agentState),
    requirements: count(144, (i) => ({
      requirement_type_id: `rt-${i % 3}`,
      start_time: ASSEMBLED_START + Math.floor(i / 3) * 5_400,
      end_time: ASSEMBLED_START + Math.floor(i / 3) * 5_400 + 5_400,
      required: i % 2 === 0 ? 6.5 : 6,
      scheduled: 6,
    })),
    activities: count(120, activity),
    event_changes: count(60, (i) => ({
      id: `ec-${i}`,
      event_id: `ac-${i}`,
      change: 'update',
      modified_at: spread(i, 60),
      modified_by: `p-${i}`,
    })),
    assist_conversations: count(30, conversation),
    forecasts: count(144, (i) => ({
      queue_id: `q-${i % 2}`,
      channel: i % 4 < 2 ? 'phone' : 'email',
      start_time: ASSEMBLED_START + Math.floor(i / 4) * 7_200,
      value: 12 + (i % 5) * 0.5,
    })),
  };
}

/**
 * Not in the order of their ids; some without mail, without an agent, or deleted; each on platforms
 * of its own.
 */
function person(i: number): Row {
  return {
    id: `p-${((i * 7919) % 230).toString().padStart(4, '0')}`,
    ...(i % 11 !== 0 && { agent_id: `a-${i}` }),
    first_name: `First ${i}`,
    last_name: `Last ${i}`,
    ...(i % 13 !== 0 && { email: `person${i}@example.test` }),
    timezone: 'America/Chicago',
    role: 'agent',
    roles: [`r-${i % 3}`],
    channels: ['phone', 'email'].slice(0, 1 + (i % 2)),
    site: `s-${i % 3}`,
    teams: [`t-${i % 5}`],
    queues: count(i % 3, (n) => `q-${n}`),
    skills: [],
    platforms:
      i % 2 === 0
        ? { zendesk: String(3_900_000 + i) }
        : { intercom: `ic_${i}`, salesforce: `sf_${i}` },
    start_date: 1_704_067_200,
    end_date: i % 46 === 0 ? 1_740_000_000 : null,
    created_at: 1_704_100_000 + i,
    deleted: i % 46 === 0,
    staffable: i % 10 !== 0,
    productivity: i % 4 === 0 ? 1 : 0.85,
  };
}

/** The last ten are still open. */
function agentState(i: number): Row {
  const start = i < 500 ? ASSEMBLED_START + i * 172 : ASSEMBLED_START + DAY + (i - 500) * 144;
  return {
    agent_id: `a-${i % 40}`,
    agent_platform_id: String(3_900_000 + (i % 40)),
    platform: 'zendesk',
    state: i % 17 === 0 ? null : ['online', 'away', 'offline'][i % 3],
    start_time: start,
    end_time: i >= 1_090 ? null : start + 900,
    modified_at: start + 901,
    external_id: null,
    ticket_id: i % 5 === 0 ? `t${i}` : null,
    ticket_status: null,
  };
}

/** `id` comes twice, at different times. */
function activity(i: number): Row {
  const start = ASSEMBLED_START + i * 2_100;
  return {
    id_with_timestamps: `ac-${i % 60}_${start}`,
    id: `ac-${i % 60}`,
    agent_id: `a-${i % 40}`,
    type_id: `at-${i % 6}`,
    start_time: start,
    end_time: start + 4_200,
    description: null,
  };
}

function conversation(i: number): Row {
  const created = spread(i, 30);
  return {
    id: `conv_${i}`,
    user_id: `u-${i}`,
    platform: 'zendesk',
    status: i % 2 === 0 ? 'resolved' : 'open',
    requires_escalation: i % 7 === 0,
    created_at: created,
    updated_at: created + 700,
    messages: count(1 + (i % 3), (n) => ({
      id: `m${i}-${n}`,
      role: n % 2 === 0 ? 'user' : 'assistant',
      content: { type: 'text', text: `Where is order ${i}?`, url: null },
      created_at: created + n,
      sources_used: [],
    })),
  };
}

function named(kind: string, length: number): Row[] {
  return count(length, (i) => ({
    id: `${kind}-${i}`,
    name: `${kind} ${i}`,
    parent_id: i === 0 ? null : `${kind}-0`,
    created_at: 1_700_000_000 + i,
    updated_at: 1_700_000_500 + i,
  }));
}

function spread(i: number, of: number): number {
  return ASSEMBLED_START + Math.floor((i * 3 * DAY) / of);
}
