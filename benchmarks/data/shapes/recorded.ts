import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Shape } from '../shape.js';

const RECORDED =
  '@octokit/fixtures/scenarios/api.github.com/paginate-issues/normalized-fixture.json';

let issues: readonly object[] | null = null;

/**
 * Issues as GitHub's API sent them (recorded in `@octokit/fixtures`), 13 of them again and again
 * with numbers of their own: 2.4 kB a row, most of it URLs.
 */
export const recorded: Shape = {
  pageRows: 100,
  row: (id) => {
    issues ??= readRecorded();
    return { ...issues[id % issues.length], id, number: id };
  },
};

function readRecorded(): object[] {
  const file = createRequire(import.meta.url).resolve(RECORDED);
  const responses = JSON.parse(readFileSync(file, 'utf8')) as { response: object[] }[];
  return responses.flatMap(({ response }) => response);
}
