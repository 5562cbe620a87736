import { isObject } from '../../../../operators/json/is-object.js';
import { parseJson } from '../../../../operators/json/parse-json.js';
import { groupedDigits } from '../../../../operators/settings/grouped-digits.js';
import type { TableSchema } from '../../../../operators/types.js';
import type { LoadProgress, LoadSpec, ResumeSpec, UnfinishedLoad } from '../../messages.js';
import type { Catalog } from '../catalog.js';
import type { SqlPort } from '../port.js';
import { qualified, type Scope } from '../sql.js';
import { countRows } from './count-rows.js';
import type { CommittedRows, KeptTable, LoadHead } from './keep-progress.js';
import { abandonedNotice, givenUpNotice } from './left-notices.js';
import { type UnfinishedHead, unfinishedLoads } from './unfinished-loads.js';
import { PARENTS, PROGRESS } from './unfinished-tables.js';

/** A load that was stopped and goes on. */
export interface ResumedLoad {
  loadId: string;
  /** When it began, in milliseconds since 1970. @default what its id says */
  startedAt: number | undefined;
  unfinished: UnfinishedLoad;
  /** Tables that rows came for. */
  tables: readonly KeptTable[];
  /** What the next staged root row is numbered with, by root table. */
  nextRows: ReadonlyMap<string, number>;
}

/** What is left of loads that began and did not finish, and what becomes of it. */
export interface Unfinished {
  /** The one that this load resumes. */
  resumed: ResumedLoad | null;
  /** Why one of the same pipeline and source is deleted; null where there is none. */
  begunAnew: string | null;
  /** Ids of those that are deleted. */
  deleted: readonly string[];
  /** Tables that these have made. */
  made: readonly TableSchema[];
  /** Others may be resumed later: what they have staged stays. */
  areOthersLeft: boolean;
  /** What a user should know of others: sentences. */
  notices: readonly string[];
}

const NOTHING: Unfinished = {
  resumed: null,
  begunAnew: null,
  deleted: [],
  made: [],
  areOthersLeft: false,
  notices: [],
};

/**
 * Finds the loads that began and never finished, and decides which of them this load resumes: that
 * of its pipeline and source, if it loads the same and all that it has committed is still there.
 * One of another source or pipeline stays, as long as it may be resumed. Which loads they are is
 * kept in `_sluice_loads` from a load's first commit to its last.
 */
export async function findUnfinished(
  port: SqlPort,
  scope: Scope,
  spec: LoadSpec,
  catalog: Catalog,
): Promise<Unfinished> {
  const loads = await unfinishedLoads(port, scope, catalog);
  if (loads.length === 0) return NOTHING;
  const deleted: string[] = [];
  let resumed: ResumedLoad | null = null;
  let begunAnew: string | null = null;
  let areOthersLeft = false;
  const abandoned: UnfinishedHead[] = [];
  const notices: string[] = [];
  for (const load of loads) {
    const { loadId, pipeline, kept } = load;
    const isOwn = pipeline === spec.pipeline;
    const isOver = kept === undefined || isTooOld(kept.committed, kept.head.maxAgeMs);
    if (!isOwn) {
      if (isOver) abandoned.push(load);
      areOthersLeft ||= kept !== undefined;
      continue;
    }
    const isOfSource = kept?.head.source === spec.source;
    if (kept === undefined || !isOfSource || spec.resume === undefined) {
      const isGivenUp = isOver || isOfSource;
      if (isGivenUp) {
        deleted.push(loadId);
        notices.push(givenUpNotice(load));
      }
      areOthersLeft ||= !isGivenUp;
      continue;
    }
    const { head, committed } = kept;
    const why = reasonAgainst(spec.resume, head, committed);
    const found: FoundLoad | string =
      why === null && resumed === null
        ? await readLoad(port, scope, loadId, { head, committed, catalog })
        : (why ?? 'a later one is resumed');
    if (typeof found !== 'string' && !(isIncomplete(found) && spec.resume.needsAllRows)) {
      resumed = found.load;
      continue;
    }
    begunAnew =
      typeof found === 'string'
        ? found
        : "rows of it are known to be missing, and `incomplete` is 'fail'";
    deleted.push(loadId);
  }
  const made = await readMade(port, scope, deleted, catalog);
  const notice = abandonedNotice(scope.dataset, abandoned);
  if (notice !== null) notices.push(notice);
  return { resumed, begunAnew, deleted, made, areOthersLeft, notices };
}

/** Why a load is not resumed; null for nothing. Pure. */
function reasonAgainst(
  { fingerprint, maxAgeMs }: Pick<ResumeSpec, 'fingerprint' | 'maxAgeMs'>,
  head: Pick<LoadHead, 'fingerprint'>,
  committed: Pick<CommittedRows, 'at'>,
  now: number = Date.now(),
): string | null {
  if (maxAgeMs === null) return '`resume` is false';
  if (fingerprint !== head.fingerprint)
    return 'the configuration of its source, or of the pipeline, was another one';
  return isTooOld(committed, maxAgeMs, now)
    ? `its last commit is older than \`resume.maxAgeMs\` allows (${groupedDigits(maxAgeMs)} ms)`
    : null;
}

function isTooOld(
  { at }: Pick<CommittedRows, 'at'>,
  maxAgeMs: number | null,
  now = Date.now(),
): boolean {
  return maxAgeMs === null || now - at > maxAgeMs;
}

async function readMade(
  port: SqlPort,
  scope: Scope,
  loads: readonly string[],
  catalog: Catalog,
): Promise<TableSchema[]> {
  if (loads.length === 0 || !catalog.has(PROGRESS)) return [];
  const ids = loads.map((id) => scope.dialect.literal(id)).join(', ');
  const rows = await port.query(
    `SELECT value FROM ${qualified(scope, PROGRESS)} WHERE kind = 'table' AND load_id IN (${ids})`,
  );
  const tables = (rows as [string][]).map(([text]) => parseJson(text) as unknown as KeptTable);
  return tables.filter(({ isNew }) => isNew).map(({ schema }) => schema);
}

interface FoundLoad {
  load: ResumedLoad;
  resources: readonly LoadProgress[];
}

function isIncomplete({ resources }: FoundLoad): boolean {
  return resources.some((one) => one.isIncomplete);
}

/** Reads all that is kept of a load; a text says why it cannot be resumed. */
async function readLoad(
  port: SqlPort,
  scope: Scope,
  loadId: string,
  {
    head,
    committed: { rows },
    catalog,
  }: { head: LoadHead; committed: CommittedRows; catalog: Catalog },
): Promise<FoundLoad | string> {
  const kept = await port.query(
    `SELECT kind, name, value FROM ${qualified(scope, PROGRESS)} WHERE load_id = $1 AND kind IN ('table', 'resource')`,
    [loadId],
  );
  const tables: KeptTable[] = [];
  const resources: [string, LoadProgress][] = [];
  for (const [kind, name, text] of kept as [string, string, string][]) {
    const value = parseJson(text) as unknown;
    if (kind === 'table') tables.push(value as KeptTable);
    else resources.push([name, value as LoadProgress]);
  }
  const counted = await countRows(port, scope, loadId, { tables, rows, catalog });
  if (typeof counted === 'string') return counted;
  const lists = await readLists(port, scope, loadId, catalog);
  for (const { resource, next } of lists)
    if (isObject(next) && typeof next['blocked'] === 'string')
      return `a list of ${resource} cannot be read on: ${next['blocked']}`;
  return {
    load: {
      loadId,
      startedAt: head.startedAt,
      unfinished: {
        loadId,
        start: head.start,
        lists,
        parents: await readParents(port, scope, loadId, catalog),
        progress: Object.fromEntries(resources.map(([name, { content }]) => [name, content])),
        tables: rows,
        newTables: tables.filter(({ isNew }) => isNew).map(({ schema }) => schema.name),
      },
      tables,
      nextRows: counted,
    },
    resources: resources.map(([, one]) => one),
  };
}

/** The latest position of each list, but of those that nobody requests again. */
async function readLists(
  port: SqlPort,
  scope: Scope,
  loadId: string,
  catalog: Catalog,
): Promise<UnfinishedLoad['lists']> {
  const row = scope.dialect.inserted;
  const isWanted = catalog.has(PARENTS)
    ? `(under IS NULL OR under IN (SELECT page FROM ${qualified(scope, PARENTS)} WHERE load_id = $1))`
    : 'under IS NULL';
  const rows = await port.query(
    `SELECT resource, list, page, next FROM (
       SELECT resource, list, page, next, row_number() OVER (PARTITION BY resource, list ORDER BY page DESC, ${row} DESC) AS place
       FROM ${qualified(scope, '_sluice_positions')} WHERE load_id = $1 AND list IS NOT NULL AND ${isWanted}) latest WHERE place = 1`,
    [loadId],
  );
  return (rows as [string, string, bigint | number, string | null][]).map(
    ([resource, list, page, next]) => ({
      resource,
      list,
      page: Number(page),
      next: next === null ? null : parseJson(next),
    }),
  );
}

async function readParents(
  port: SqlPort,
  scope: Scope,
  loadId: string,
  catalog: Catalog,
): Promise<UnfinishedLoad['parents']> {
  if (!catalog.has(PARENTS)) return [];
  const rows = await port.query(
    `SELECT resource, page, rows FROM ${qualified(scope, PARENTS)} WHERE load_id = $1 ORDER BY ${scope.dialect.inserted}`,
    [loadId],
  );
  return (rows as [string, string, string][]).map(([resource, page, text]) => ({
    resource,
    page,
    rows: text,
  }));
}
