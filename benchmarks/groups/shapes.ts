import type { ShapeName } from '../data/pages.js';
import type { Comparison, Group } from '../harness/comparison.js';
import { program } from '../harness/programs.js';

export const shapesOfRows: Group = {
  name: 'shapes',
  title: 'Shapes of rows',
  comparisons: [
    compared(
      'recorded',
      40_000,
      'GitHub’s issues as recorded',
      'Issues as GitHub’s API sent them, 13 of them again and again with numbers of their own.',
    ),
    compared('tiny', 2_000_000, 'Tiny rows', 'Two numbers a row, 10,000 rows a page.'),
    compared(
      'text',
      8_000,
      'Long texts',
      'Texts of 10 kB with line feeds, quotes and characters beyond ASCII.',
    ),
    compared('numbers', 200_000, 'Numbers', 'Ten integers and ten fractions a row.'),
    compared(
      'deep',
      50_000,
      'Deep rows',
      'Objects seven levels deep, and lists of objects within lists: three levels of child tables.',
    ),
    compared('wide', 50_000, 'Wide sparse rows', 'Each row has 20 of 800 keys.'),
  ],
};

function compared(shape: ShapeName, size: number, name: string, what: string): Comparison {
  return {
    key: shape,
    title: `${name}, ${size.toLocaleString('en-US')} rows, HTTP → committed tables`,
    note: what,
    chart: `${name}, ${size.toLocaleString('en-US')} rows over HTTP`,
    size,
    smokeSize: 100,
    rounds: 3,
    site: shape,
    ways: [
      { key: 'sluice', title: 'sluice, HTTP', command: program('programs/load-pages', shape) },
      {
        key: 'read-json',
        title: 'DuckDB read_json + SQL, local files',
        command: program('rivals/read-json', shape),
      },
    ],
    goals: [],
  };
}
