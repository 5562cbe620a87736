import type { Routes } from '../definition.js';
import { fieldsOf, type Row } from '../rows.js';
import { type CoalesceData, iso, isFinal, runAt } from './data.js';
import { failure } from './replies.js';

const FOLLOWING: Readonly<Record<string, string>> = {
  waitingToRun: 'running',
  running: 'completed',
};

/** The runs of the stand-in. */
export interface Scheduler {
  routes: Routes;
  /** The status of every run that was not over at first, or was started since. */
  rows: () => Row[];
}

/** Makes runs, which advance whenever their status is requested. */
export function scheduler(data: CoalesceData): Scheduler {
  const followed = data.runs.filter(({ runStatus }) => !isFinal(runStatus));
  return {
    routes: {
      'GET /scheduler/runStatus': ({ query }) => {
        const counter = query.get('runCounter');
        if (counter === null || !/^\d+$/.test(counter))
          return failure(400, 'runCounter is required, and a number');
        const run = data.runs.find(({ id }) => id === counter);
        if (run === undefined) return failure(404, 'Run not found');
        const status = statusOf(run);
        advance(run);
        return { status: 200, json: status };
      },
      'POST /scheduler/startRun': ({ body, quirks }) => {
        const { environmentID, jobID = null } = fieldsOf(fieldsOf(body)['runDetails']);
        if (!data.environments.some(({ id }) => id === String(environmentID)))
          return failure(400, 'runDetails.environmentID must be an environment');
        const run = {
          ...runAt(data.runs.length, 'waitingToRun'),
          runType: 'refresh',
          environmentID: String(environmentID),
          runDetails: { environmentID: String(environmentID), jobID, parallelism: 16 },
        };
        data.runs.push(run);
        followed.push(run);
        return quirks.has('lostStart')
          ? failure(503, 'Service Unavailable')
          : { status: 200, json: { runCounter: (run as Row)['runCounter'] } };
      },
    },
    rows: () => followed.map((run) => ({ run_counter: run['id'], ...statusOf(run) })),
  };
}

/** Does not say which run it is of. */
function statusOf({ id, runStatus, runType }: Row): Row {
  return {
    runStatus,
    runType,
    runLink: `https://app.coalesce.example.test/runs/${String(id)}`,
    ...(runStatus === 'failed' && { hasTestFailures: true }),
  };
}

function advance(run: Row): void {
  const next = FOLLOWING[String(run['runStatus'])];
  if (next === undefined) return;
  run['runStatus'] = next;
  if (isFinal(next)) run['runEndTime'] = iso(Number(run['id']) - 1_000);
}
