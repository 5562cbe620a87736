import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PageName } from './crash-api.js';
import type { CrashDatabase, CrashSizes } from './crash-database.js';

const PROGRAM = fileURLToPath(new URL('crash-program.mjs', import.meta.url));

/** Where a load kills its own process: with the event or around the call of this number. */
export type KillPoint =
  | { at: 'event'; name: string; count: number }
  | { at: 'append'; when: 'before' | 'after'; count: number }
  | { at: 'statement'; pattern: string; when: 'before' | 'after'; count: number }
  /** Its connections are ended while that statement runs. */
  | { at: 'statement'; pattern: string; when: 'within'; count: number }
  /** A function of Node's for files. */
  | { at: 'file'; name: string; pattern: string; when: 'before' | 'after'; count: number }
  /** A request that does not go to the API, and its response. */
  | { at: 'store'; method: string; pattern: string; when: 'before' | 'after'; count: number };

/** How a process of a load ended. */
export interface CrashLoad {
  /** It was killed while it loaded. */
  isKilled: boolean;
  /** What the load says of itself; null where it was killed, or had been complete before. */
  info: { loadId: string; resumed?: unknown; tables: object } | null;
  /** Pages that were committed, as far as that came to be known. */
  committed: PageName[];
  errors: string;
}

/** Small ones, so that there is much to kill. */
export const CRASH_SIZES: CrashSizes = { batch: { rows: 500 }, commit: { rows: 500, ms: 100 } };

/**
 * Loads the API in a process of its own.
 *
 * @param loads complete loads that the database is to have: where it has them, nothing is done
 * @param began is given a function that kills the process at once, when the load begins
 */
export function crashLoad(
  about: { url: string; database: CrashDatabase; loads: number },
  { batch, commit }: CrashSizes,
  point: KillPoint | null,
  began: (kill: () => void) => void = () => undefined,
): Promise<CrashLoad> {
  const given = JSON.stringify({ ...about, batch, commit, point });
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, given], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Said[] = [];
    let [rest, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() as string;
      for (const line of lines) {
        const what = JSON.parse(line) as Said;
        said.push(what);
        if (what.began === true) began(() => void child.kill('SIGKILL'));
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('error', reject).on('close', (_, signal) => {
      // It may be killed, and not end by a fault of its own.
      if (signal !== null && signal !== 'SIGKILL') reject(new Error(`${signal}: ${errors}`));
      const info = said.find((what) => what.info)?.info ?? null;
      resolve({
        isKilled: signal === 'SIGKILL' && said.length > 0 && info === null,
        info,
        committed: said.flatMap(({ committed = [] }) => committed),
        errors,
      });
    });
  });
}

interface Said {
  began?: boolean;
  committed?: PageName[];
  info?: CrashLoad['info'];
}
