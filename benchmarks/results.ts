import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import type { Measure } from './measure.js';

/** Measures of cases by their name, a round each. */
export type Measures = ReadonlyMap<string, readonly Measure[]>;

/** The middle one; NaN of none. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** One field of a case in all rounds. */
export function column(measures: Measures, name: string, field: string): number[] {
  return (measures.get(name) ?? []).map((measure) => measure[field] ?? Number.NaN);
}

/** The median of a case against another's, round by round. */
export function ratioOf(measures: Measures, name: string, other: string, field = 'ms'): number {
  const others = column(measures, other, field);
  return median(
    column(measures, name, field).map((value, round) => value / (others[round] ?? Number.NaN)),
  );
}

/** When, how often and where cases were run. */
export function runText(rounds: number): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Linux ${release()}, Node ${process.version}`;
  return `Run of ${new Date().toISOString().slice(0, 10)}, ${rounds} rounds; ${machine}.`;
}

/** Puts a report between the marks of its name in benchmarks/README.md. */
export function publish(name: string, report: string): void {
  const readme = new URL('../../benchmarks/README.md', import.meta.url);
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const text = readFileSync(readme, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`benchmarks/README.md has no place for ${name}.`);
  writeFileSync(readme, `${text.slice(0, from)}${begin}\n\n${report}\n\n${text.slice(to)}`);
}
