import type { Comparison, Group } from './comparison.js';
import { ratioText } from './format.js';
import { judgeGoals } from './goals.js';
import type { Result, Results } from './results.js';
import { paired } from './statistics.js';

/** Below this, two ways are the same within what runs differ by. */
const SAME = 1.03;

/** Lists where a rival needs less time or CPU time than sluice, and goals that are missed. */
export function lossesText(groups: readonly Group[], results: Results): string {
  const lines = groups.flatMap(({ comparisons }) =>
    comparisons.flatMap((comparison) => {
      const result = results[comparison.key];
      if (result === undefined) return [];
      const found = [...lostTo(comparison, result), ...missed(comparison, result)];
      return found.length === 0 ? [] : [`- **${comparison.title}**: ${found.join('; ')}.`];
    }),
  );
  if (Object.keys(results).length === 0) return 'Nothing was measured yet.';
  return lines.length === 0 ? 'Nowhere, in the runs below.' : lines.join('\n');
}

function lostTo({ ways: [first, ...others] }: Comparison, { ways }: Result): string[] {
  if (first === undefined) return [];
  return others
    .filter(({ isOurs, isFloor }) => isOurs !== true && isFloor !== true)
    .flatMap(({ key, title }): string[] => {
      const [time, cpu] = (['ms', 'cpuMs'] as const).map((field) =>
        paired(ways[first.key], ways[key], field),
      ) as [number, number];
      const lost = [
        ...(time > SAME ? [`${ratioText(time)}× the time`] : []),
        ...(cpu > SAME ? [`${ratioText(cpu)}× the CPU time`] : []),
      ];
      return lost.length === 0 ? [] : [`${lost.join(' and ')} of “${title}”`];
    });
}

function missed(comparison: Comparison, result: Result): string[] {
  return judgeGoals(comparison, result)
    .filter(({ isReached }) => isReached === false)
    .map(({ text }) => text.replaceAll('**', '').replace(/: missed$/, ': goal missed'));
}
