import { describe, expect, it } from 'vitest';
import { chart } from '../../benchmarks/harness/chart.js';
import type { Comparison, Group, Way } from '../../benchmarks/harness/comparison.js';
import { spreadText } from '../../benchmarks/harness/format.js';
import { judgeGoals } from '../../benchmarks/harness/goals.js';
import { lossesText } from '../../benchmarks/harness/losses.js';
import { requireSame } from '../../benchmarks/harness/require-same.js';
import type { Measure, Result } from '../../benchmarks/harness/results.js';
import { median, paired } from '../../benchmarks/harness/statistics.js';

const way = (key: string, more: Partial<Way> = {}): Way => ({
  key,
  title: `the ${key}`,
  command: () => [],
  ...more,
});

function comparison(more: Partial<Comparison> = {}): Comparison {
  const ways = [way('sluice'), way('rival'), way('floor', { isFloor: true })];
  const common = { key: 'load', title: 'A load', note: '', chart: 'A load', rounds: 3 };
  return { ...common, size: 1, smokeSize: 1, ways, goals: [], ...more };
}

function result(ways: Record<string, readonly Measure[]>): Result {
  return { date: '2026-01-01', machine: 'one', dlt: null, size: 1, ways };
}

const group = (one: Comparison): Group => ({ name: 'group', title: 'Group', comparisons: [one] });
const times = (...ms: number[]): Measure[] => ms.map((one) => ({ ms: one }));

describe('figures of benchmarks', () => {
  it('take the middle of the ratios of each round, not the ratio of the middles', () => {
    expect(paired(times(10, 20, 90), times(10, 10, 10))).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('pair a way that ran less often with the rounds that it has', () => {
    expect(paired(times(10, 99, 99), times(20))).toBe(0.5);
    expect(paired(times(10), [])).toBeNaN();
  });

  it('show the spread with one unit where both ends have it', () => {
    expect(spreadText([1_200, 1_000, 1_100])).toBe('1.10 s (1.00–1.20 s)');
    expect(spreadText([900, 1_100])).toBe('1.00 s (900 ms–1.10 s)');
  });

  it('list a rival that takes less time, but none that takes more or does less of the work', () => {
    const slower = { load: result({ sluice: times(20), rival: times(30), floor: times(1) }) };
    const faster = { load: result({ sluice: times(20), rival: times(10), floor: times(1) }) };
    expect(lossesText([group(comparison())], slower)).toBe('Nowhere, in the runs below.');
    expect(lossesText([group(comparison())], faster)).toBe(
      '- **A load**: 2.0× the time of “the rival”.',
    );
  });

  it('judge a goal against the faster one of several ways', () => {
    const against = ['rival', 'other'];
    const goals = [{ text: 'Time', field: 'ms', against, by: 'ratio', atMost: 1 }] as const;
    const ways = [way('sluice'), way('rival'), way('other')];
    const measured = result({ sluice: times(20), rival: times(10), other: times(40) });
    expect(judgeGoals(comparison({ ways, goals }), measured)).toEqual([
      { text: 'Time: **2.0×** (to reach: ≤ 1.00×): **missed**', isReached: false },
    ]);
  });

  it('leave out goals against ways that were not run', () => {
    const goals = [{ text: 'Time', field: 'ms', against: ['rival'], by: 'ratio' }] as const;
    expect(judgeGoals(comparison({ goals }), result({ sluice: times(20) }))).toEqual([]);
  });

  it('are refused where two ways left different rows', () => {
    const measured = (rows: number): Measure[] => [{ ms: 1, rows }];
    const different = result({ sluice: measured(3), rival: measured(4), floor: measured(0) });
    expect(() => requireSame(comparison(), different)).toThrow('rows: sluice 3; rival 4');
    const alike = result({ sluice: measured(3), rival: measured(3), floor: measured(0) });
    requireSame(comparison(), alike);
  });

  it('are drawn with slower rivals to the right and faster ones to the left', () => {
    const draw = (rival: number): string =>
      chart([group(comparison())], {
        load: result({ sluice: times(20), rival: times(rival), floor: times(1) }),
      });
    expect(draw(40)).toMatch(/class="slower".*>2\.0×</);
    expect(draw(10)).toMatch(/class="faster".*>0\.50×</);
    expect(draw(10)).not.toContain('the floor');
  });
});
