import type { Comparison, Group } from './comparison.js';
import { ratioText, timeText } from './format.js';
import type { Result, Results } from './results.js';
import { median, paired, valuesOf } from './statistics.js';

/** What the first page of the project shows: comparisons, and which of their ways. */
const SHOWN: readonly (readonly [key: string, rivals: readonly string[]])[] = [
  ['small', ['dlt', 'script']],
  ['http', ['read-json', 'node-best', 'dlt-best', 'dlt']],
  ['slow-pages', ['loop', 'dlt']],
  ['merge', ['merge:sqlDeleteInsert', 'dlt:dltDeleteInsert']],
];

/** Writes the table of the project's first page: times of sluice and of others in the same run. */
export function speedText(groups: readonly Group[], results: Results): string {
  const comparisons = groups.flatMap((group) => group.comparisons);
  const rows = SHOWN.flatMap(([key, rivals]) => {
    const comparison = comparisons.find((one) => one.key === key);
    const result = results[key];
    return comparison === undefined || result === undefined
      ? []
      : rowsText(comparison, result, rivals);
  });
  if (rows.length === 0) return 'Nothing was measured yet.';
  const dates = [...new Set(SHOWN.flatMap(([key]) => results[key]?.date ?? []))].sort();
  const machines = [...new Set(SHOWN.flatMap(([key]) => results[key]?.machine ?? []))];
  return [
    '| | sluice | beside | sluice ÷ it |',
    '|---|---|---|---|',
    ...rows,
    '',
    `Medians of ${[dates[0], dates.at(-1)].filter((date, i, all) => all.indexOf(date) === i).join(' to ')} on ${machines.join(' and on ')}.`,
  ].join('\n');
}

function rowsText(
  { title, ways }: Comparison,
  result: Result,
  rivals: readonly string[],
): string[] {
  const [first] = ways;
  const own = result.ways[first?.key ?? ''];
  return rivals.flatMap((key, i): string[] => {
    const way = ways.find((one) => one.key === key);
    const measures = result.ways[key];
    if (way === undefined || measures === undefined) return [];
    const shown = i === 0 ? [title, timeText(median(valuesOf(own)))] : ['', ''];
    const beside = `${way.title}: ${timeText(median(valuesOf(measures)))}`;
    return [`| ${[...shown, beside, `${ratioText(paired(own, measures))}×`].join(' | ')} |`];
  });
}
