import { type Problem, problemsOf } from '../../../operators/settings/problem.js';

/** What a translation has to say of the config, with dlt's paths. */
export interface Notes {
  readonly problems: Problem[];
  readonly notices: string[];
  /** Those of the notices that do not hold with `compat: 'dlt'`. */
  readonly departures: Set<string>;
  problem(path: string, message: string): void;
  /** Something that is other than in dlt, or does nothing here. */
  notice(path: string, message: string): void;
  /** Something that is other than in dlt unless the pipeline has `compat: 'dlt'`. */
  departure(path: string, message: string): void;
  /** The result of `work`; its ConfigError becomes a problem, and the result undefined. */
  tried<T>(path: string, work: () => T): T | undefined;
}

export function notes(): Notes {
  const problems: Problem[] = [];
  const notices: string[] = [];
  const departures = new Set<string>();
  return {
    problems,
    notices,
    departures,
    problem: (path, message) => void problems.push({ path, message }),
    notice: (path, message) => void notices.push(noteOf(path, message)),
    departure(path, message) {
      notices.push(noteOf(path, message));
      departures.add(noteOf(path, message));
    },
    tried(path, work) {
      let result: ReturnType<typeof work> | undefined;
      problems.push(...problemsOf(() => (result = work()), path));
      return result;
    },
  };
}

function noteOf(path: string, message: string): string {
  return `\`${path}\`: ${message}`;
}

/** Members under new names; those that are undefined are left out. */
export function renamed(
  record: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([from, to]) =>
      record[from] === undefined || record[from] === null ? [] : [[to, record[from]]],
    ),
  );
}
