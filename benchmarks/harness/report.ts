import type { Comparison, Group, Way } from './comparison.js';
import { ratioText, spreadText, valueText } from './format.js';
import { judgeGoals } from './goals.js';
import type { Field, Result, Results } from './results.js';
import { median, paired, valuesOf } from './statistics.js';

/** Writes the results of a group as Markdown: a table and the goals of each comparison. */
export function groupText({ comparisons }: Group, results: Results): string {
  const run = comparisons.flatMap((comparison) => {
    const result = results[comparison.key];
    return result === undefined ? [] : [{ comparison, result, when: whenText(comparison, result) }];
  });
  const isOne = new Set(run.map(({ when }) => when)).size === 1;
  const parts = run.map(
    ({ comparison, result, when }) =>
      `${comparisonText(comparison, result)}${isOne ? '' : `\n\n${when}`}`,
  );
  return [...(isOne ? [run[0]?.when] : []), ...parts].join('\n\n');
}

/** Writes when and where a comparison was run. */
function whenText({ ways }: Comparison, { date, machine, dlt }: Result): string {
  const versions = ways.some(({ isDlt }) => isDlt) ? `; dlt ${dlt ?? 'was skipped'}` : '';
  return `Run of ${date}: ${machine}${versions}.`;
}

function comparisonText(comparison: Comparison, result: Result): string {
  const { title, note, ways } = comparison;
  const run = ways.filter(({ key }) => (result.ways[key] ?? []).length > 0);
  const hasServer = run.some(({ key }) => valuesOf(result.ways[key], 'serverCpuMs').length > 0);
  const rivals = run.slice(1);
  const head = ['', 'time', ...(rivals.length > 0 ? ['sluice ÷ it'] : []), 'CPU', 'memory'];
  const columns = [...head, ...(hasServer ? ["server's CPU"] : []), 'runs'];
  const goals = judgeGoals(comparison, result).map(({ text }) => `- ${text}`);
  return [
    `### ${title}`,
    '',
    note,
    '',
    `| ${columns.join(' | ')} |`,
    `|${'---|'.repeat(columns.length)}`,
    ...run.map((way) => rowText(way, run, result, hasServer)),
    ...(goals.length > 0 ? ['', ...goals] : []),
  ].join('\n');
}

function rowText(way: Way, run: readonly Way[], { ways }: Result, hasServer: boolean): string {
  const own = ways[way.key] ?? [];
  const [first = way] = run;
  const ratio = way === first ? '' : `${ratioText(paired(ways[first.key], own))}×`;
  const of = (...fields: Field[]): string => {
    const field = fields.find((one) => valuesOf(own, one).length > 0);
    return field === undefined ? '' : valueText(median(valuesOf(own, field)), field);
  };
  return `| ${[
    way.isOurs === true || way === first ? `**${way.title}**` : way.title,
    spreadText(valuesOf(own)),
    ...(run.length > 1 ? [ratio] : []),
    of('cpuMs'),
    of('riseMiB', 'peakMiB'),
    ...(hasServer ? [of('serverCpuMs')] : []),
    own.length,
  ].join(' | ')} |`;
}
