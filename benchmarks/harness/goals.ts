import type { Comparison, Goal } from './comparison.js';
import { ratioText, valueText } from './format.js';
import type { Result } from './results.js';
import { median, paired, valuesOf } from './statistics.js';

/** What has become of a goal. */
export interface Reached {
  text: string;
  /** Null where there is no limit. */
  isReached: boolean | null;
}

/** Judges the goals of a comparison; those whose ways were not run are left out. */
export function judgeGoals(comparison: Comparison, result: Result): Reached[] {
  return comparison.goals.flatMap((goal): Reached[] => {
    const value = valueOf(comparison, result, goal);
    if (Number.isNaN(value)) return [];
    const { text, field, by, atMost, atLeast } = goal;
    const write = (one: number): string =>
      by === 'ratio' ? `${ratioText(one)}×` : valueText(one, field);
    const isReached =
      atMost === undefined && atLeast === undefined
        ? null
        : value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? 0);
    const limit = atMost === undefined ? '' : ` (to reach: ≤ ${write(atMost)})`;
    const least = atLeast === undefined ? '' : ` (to reach: ≥ ${write(atLeast)})`;
    const more = by === 'difference' && value >= 0 ? '+' : '';
    const verdict = isReached === false ? ': **missed**' : '';
    return [{ text: `${text}: **${more}${write(value)}**${limit}${least}${verdict}`, isReached }];
  });
}

function valueOf({ ways }: Comparison, result: Result, goal: Goal): number {
  const own = result.ways[goal.way ?? ways[0]?.key ?? ''];
  if (goal.against === undefined) return median(valuesOf(own, goal.field));
  const [best] = goal.against
    .filter((key) => (result.ways[key] ?? []).length > 0)
    .sort((a, b) => median(valuesOf(result.ways[a])) - median(valuesOf(result.ways[b])));
  return best === undefined ? Number.NaN : paired(own, result.ways[best], goal.field, goal.by);
}
