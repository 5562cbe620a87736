import { expect } from 'vitest';
import { crashApi, type CrashApi, type PageName } from './crash-api.js';
import { type CrashDatabase, type CrashEngine, type CrashSizes, FILES } from './crash-database.js';
import { CRASH_SIZES, type CrashLoad, crashLoad, type KillPoint } from './crash-load.js';
import { crashTables } from './crash-tables.js';

/**
 * Where a process is killed: by itself at a point; or by us, before a request of this number is
 * answered or after it is, or milliseconds after its load began.
 */
export type Kill =
  | KillPoint
  | { at: 'request'; when: 'before' | 'after'; count: number }
  | { at: 'moment'; ms: number }
  /** Its connections are ended then, and the process goes on. */
  | { at: 'disconnect'; ms: number };

/** How a trial kills its loads. */
export interface CrashTrial {
  /** So many processes are killed while they load. */
  kills: number;
  /** Where the next one is killed, if it comes so far: it is given how many were. */
  nextKill: (killed: number) => Kill;
  /** The first load is killed, too, and not only those behind it. @default false */
  isFirst?: boolean;
  /** The API refuses requests. @default false */
  isBusy?: boolean;
  /** @default those of the engine */
  sizes?: CrashSizes;
  /** @default FILES */
  engine?: CrashEngine;
  /** Is called with the database after each kill. @default nothing */
  damage?: (database: CrashDatabase) => void;
  /**
   * Is called with the database and the error of a load that did not begin, which is then tried
   * again. @default such an error is one of the trial
   */
  mend?: (database: CrashDatabase, error: string) => void;
}

/** What a trial came to. */
export interface CrashOutcome {
  database: CrashDatabase;
  tables: Record<string, unknown>;
  /** The last of its loads. */
  last: CrashLoad;
  /** Complete loads. */
  loads: number;
  /** Pages that were requested again though they had been committed. */
  again: PageName[];
}

/** Resources whose pages are numbered. */
const NUMBERED = new Set(['orders', 'shops', 'staff', 'prices']);

/** A trial that needs more has a point that no load reaches. */
const MOST_LOADS = 10;

/**
 * Loads one version of the API after another, and kills the processes that do; a load that is
 * complete before it is killed is followed by one of the next version. The last load is not killed.
 */
export async function crashTrial({
  kills,
  nextKill,
  isFirst = false,
  isBusy = false,
  engine = FILES,
  sizes = engine.sizes ?? CRASH_SIZES,
  damage = () => undefined,
  mend = () => undefined,
}: CrashTrial): Promise<CrashOutcome> {
  const api = await crashApi();
  const database = await engine.make();
  const again: PageName[] = [];
  const committed = new Set<string>();
  const load = async (kill: Kill | null): Promise<CrashLoad> => {
    api.pages.length = 0;
    let result = await killedLoad(api, database, sizes, kill, engine);
    // The server has not seen yet that a process was killed.
    while (result.errors.includes('is being loaded right now'))
      result = await killedLoad(api, database, sizes, kill, engine);
    const isLost = isDisconnected(kill) && result.errors.includes('LoadError');
    if (result.errors !== '' && !isLost) {
      mend(database, result.errors);
      result = await killedLoad(api, database, sizes, kill, engine);
    }
    if (!result.isKilled && !isLost) expect(result.errors).toBe('');
    again.push(...requestedAgain(api.pages, committed));
    for (const page of result.committed) committed.add(JSON.stringify(page));
    return { ...result, isKilled: result.isKilled || isLost };
  };
  const nextVersion = (): void => {
    api.version += 1;
    expect(api.version).toBeLessThanOrEqual(MOST_LOADS);
    committed.clear();
  };
  api.isBusy = isBusy;
  if (!isFirst && kills > 0) {
    await load(null);
    nextVersion();
  }
  for (let killed = 0; killed < kills;) {
    const { isKilled } = await load(nextKill(killed));
    if (!isKilled) {
      nextVersion();
      continue;
    }
    killed += 1;
    damage(database);
  }
  const last = await load(null);
  return { database, tables: await crashTables(database), last, loads: api.version, again };
}

/** Whether the load was to lose its connections. */
function isDisconnected(kill: Kill | null): boolean {
  return kill?.at === 'disconnect' || (kill?.at === 'statement' && kill.when === 'within');
}

function requestedAgain(pages: readonly PageName[], committed: ReadonlySet<string>): PageName[] {
  const compared = new Set<string>();
  return pages.filter((page) => {
    if (!committed.has(JSON.stringify(page))) return false;
    // The last page of a list that is numbered is compared with what it was, once.
    const list = JSON.stringify([page.resource, page.parent]);
    const isLast = !committed.has(JSON.stringify({ ...page, page: page.page + 1 }));
    if (!NUMBERED.has(page.resource) || !isLast || compared.has(list)) return true;
    compared.add(list);
    return false;
  });
}

async function killedLoad(
  api: CrashApi,
  database: CrashDatabase,
  sizes: CrashSizes,
  kill: Kill | null,
  { disconnect }: CrashEngine,
): Promise<CrashLoad> {
  const about = { url: api.url, database, loads: api.version };
  if (kill?.at === 'moment')
    return crashLoad(about, sizes, null, (now) => void setTimeout(now, kill.ms));
  if (kill?.at === 'disconnect')
    return crashLoad(
      about,
      sizes,
      null,
      () => void setTimeout(() => void disconnect?.(database), kill.ms),
    );
  if (kill?.at !== 'request') return crashLoad(about, sizes, kill);
  const began = (now: () => void): void => {
    let count = 0;
    api.onRequest = (sent) => {
      count += 1;
      if (count !== kill.count) return;
      if (kill.when === 'before') now();
      else void sent.then(now);
    };
  };
  try {
    return await crashLoad(about, sizes, null, began);
  } finally {
    api.onRequest = () => undefined;
  }
}
