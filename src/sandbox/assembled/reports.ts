import { createHash } from 'node:crypto';
import type { Reply, Routes } from '../definition.js';
import { count, fieldsOf, type Row } from '../rows.js';
import { ASSEMBLED_END, ASSEMBLED_START, DAY } from './data.js';
import { badRequest, notFound, slice, windowProblem } from './replies.js';

const TYPES = ['adherence', 'agent_ticket_stats', 'agent_state_handle_times'];
/** Reports of this type always fail. */
const FAILING = 'agent_state_handle_times';
/** Requests for a report before it is complete. */
const POLLS = 2;
const AGENTS = 35;
const INTERVALS = 30;

interface Report {
  id: string;
  type: string;
  metrics: Row[];
  polls: number;
}

/** The reports of the stand-in. */
export interface Reports {
  routes: Routes;
  /** The metrics of all reports that were made, with `report_id`. */
  rows: () => Row[];
}

/**
 * Reports are ordered, polled until they are complete, and then read in pages.
 * An order like an earlier one gives the same report, so that a load that is run again has the same
 * rows.
 */
export function reports(): Reports {
  const made = new Map<string, Report>();
  const order = (type: string, body: Row): Reply => {
    if (!TYPES.includes(type)) return notFound('Report type');
    const problem = windowProblem(body);
    if (problem !== null) return badRequest(problem);
    const id = `rep_${createHash('sha256')
      .update(JSON.stringify([type, Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1))]))
      .digest('hex')
      .slice(0, 8)}`;
    if (!made.has(id))
      made.set(id, { id, type, metrics: type === FAILING ? [] : metricsOf(type, body), polls: 0 });
    return { status: 200, json: { report_id: id } };
  };
  return {
    routes: {
      'POST /v0/reports/{type}': ({ params, body, quirks }) =>
        quirks.has('emptyRefusal') ? { status: 400 } : order(params['type'] ?? '', fieldsOf(body)),
      'GET /v0/reports/{id}': (request) => {
        const report = made.get(request.params['id'] ?? '');
        if (report === undefined) return notFound('Report');
        const facts = {
          ...(!request.quirks.has('reportsWithoutId') && { report_id: report.id }),
          created_at: new Date(ASSEMBLED_START * 1000).toISOString(),
        };
        report.polls += 1;
        if (report.polls <= POLLS)
          return { status: 200, json: { ...facts, status: 'in_progress' } };
        if (report.type === FAILING) return { status: 200, json: { ...facts, status: 'failed' } };
        const part = slice(report.metrics, request, 100);
        if (part === null) return badRequest('Invalid limit or offset');
        return {
          status: 200,
          json: {
            ...facts,
            status: 'complete',
            total_metric_count: report.metrics.length,
            metrics: part.rows,
          },
        };
      },
    },
    rows: () =>
      [...made.values()].flatMap(({ id, metrics }) =>
        metrics.map((metric) => ({ report_id: id, ...metric })),
      ),
  };
}

/** 1,050 metrics; none for a time without data. */
function metricsOf(type: string, { start_time: start, end_time: end }: Row): Row[] {
  if (Number(start) >= ASSEMBLED_END || Number(end) <= ASSEMBLED_START) return [];
  const length = DAY / INTERVALS;
  return count(AGENTS * INTERVALS, (i) => {
    const from = ASSEMBLED_START + Math.floor(i / AGENTS) * length;
    return {
      name: type,
      value: (i % 101) / 100,
      attributes: {
        agent_id: `a-${i % AGENTS}`,
        type: 'agent',
        start_time: from,
        end_time: from + length,
      },
    };
  });
}
