import { mkdirSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WORDS =
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega'.split(
    ' ',
  );
const PAGE_ROWS = 1_000;

/**
 * Returns pages of nested rows as an issue tracker would send them (22 columns, two child tables;
 * 200,000 rows are 115 MB and give 560,000 table rows), the same for every run: the generator is
 * seeded. Written once to the folder for temporary files.
 */
export function issuePages(rows: number): Uint8Array[] {
  const folder = issueFolder(rows);
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name)));
}

/**
 * Returns the folder that holds the pages as files `p00000.json`, …: `{"data": [row, …], "next":
 * n}`.
 */
export function issueFolder(rows: number): string {
  const folder = join(tmpdir(), `sluice-bench-issues-${rows}`);
  const done = join(folder, `p${String(Math.ceil(rows / PAGE_ROWS) - 1).padStart(5, '0')}.json`);
  if (existsSync(done)) return folder;
  mkdirSync(folder, { recursive: true });
  const random = seeded(12_345);
  for (let page = 0; page * PAGE_ROWS < rows; page += 1) {
    const data = Array.from({ length: Math.min(PAGE_ROWS, rows - page * PAGE_ROWS) }, (_, i) =>
      issue(page * PAGE_ROWS + i, random),
    );
    writeFileSync(
      join(folder, `p${String(page).padStart(5, '0')}.json`),
      JSON.stringify({ data, next: page + 1 }),
    );
  }
  return folder;
}

function issue(id: number, random: () => number): object {
  const whole = (below: number): number => Math.floor(random() * below);
  const words = (count: number): string =>
    Array.from({ length: count }, () => WORDS[whole(WORDS.length)]).join(' ');
  const time = (from: number, span: number): string =>
    new Date(from + random() * span).toISOString().replace(/\.\d+Z/, 'Z');
  return {
    id,
    node_id: `I_kw${whole(1e9).toString(36)}`,
    number: id % 9_999,
    title: words(6),
    state: random() < 0.5 ? 'open' : 'closed',
    locked: random() < 0.1,
    comments: whole(50),
    score: random() * 100,
    created_at: time(1.6e12, 1e11),
    updated_at: time(1.7e12, 1e10),
    closed_at: random() < 0.5 ? null : time(1.71e12, 1e9),
    body: words(20),
    user: { login: `${words(1)}${whole(1_000)}`, id: whole(1e6), type: 'User', site_admin: false },
    reactions: { total_count: whole(9), plus1: whole(5), heart: whole(3) },
    labels: Array.from({ length: whole(4) }, () => ({
      id: whole(1e5),
      name: words(1),
      color: 'ededed',
    })),
    assignees: random() < 0.3 ? [{ login: words(1), id: whole(1e6) }] : [],
  };
}

/**
 * Makes a linear congruential generator (the constants of ANSI C's example): good enough for words,
 * and the same everywhere.
 */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}
