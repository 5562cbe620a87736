import { wordsOf } from '../seeded.js';
import type { Shape } from '../shape.js';

/**
 * Nested rows as an issue tracker sends them: 22 columns and two child tables; 200,000 rows are 119
 * MB of JSON and give 560,000 table rows.
 */
export const issues: Shape = {
  pageRows: 1_000,
  row: (id, random) => {
    const whole = (below: number): number => Math.floor(random() * below);
    const words = wordsOf(random);
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
      user: {
        login: `${words(1)}${whole(1_000)}`,
        id: whole(1e6),
        type: 'User',
        site_admin: false,
      },
      reactions: { total_count: whole(9), plus1: whole(5), heart: whole(3) },
      labels: Array.from({ length: whole(4) }, () => ({
        id: whole(1e5),
        name: words(1),
        color: 'ededed',
      })),
      assignees: random() < 0.3 ? [{ login: words(1), id: whole(1e6) }] : [],
    };
  },
};
