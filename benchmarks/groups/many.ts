import type { Comparison, Group } from '../harness/comparison.js';
import { program } from '../harness/programs.js';

/** Of the requests a second of the bare loop, sluice is to reach 0.7. */
const beside: Comparison['goals'][number] = {
  text: 'Time beside the bare loop',
  field: 'ms',
  against: ['loop'],
  by: 'ratio',
  atMost: 1 / 0.7,
};

export const many: Group = {
  name: 'many',
  title: 'Many requests',
  comparisons: [
    children('children', 2_000, 5),
    { ...children('children-long', 100_000, 1), isLong: true },
    {
      key: 'lists',
      title: '200 lists of 50 pages, four requests at once, whole process',
      note: 'One row a page. The loop parses the responses and does nothing with them.',
      size: 200,
      smokeSize: 3,
      rounds: 3,
      site: 'lists',
      ways: [
        { key: 'sluice', title: 'sluice', command: program('programs/load-lists') },
        {
          key: 'node-fetch',
          title: "sluice, fetch: 'node-fetch'",
          command: program('programs/load-lists', 'node-fetch'),
          isOurs: true,
        },
        {
          key: 'loop',
          title: 'bare node-fetch loop, nothing stored',
          command: program('rivals/bare-fetch', 'lists', '4'),
          isFloor: true,
        },
      ],
      goals: [beside],
    },
  ],
};

function children(key: string, size: number, rounds: number): Comparison {
  return {
    key,
    title: `${size.toLocaleString('en-US')} child requests of 9 bytes, four at once, whole process`,
    note: 'One request for each row of a list. The loop parses the responses and does nothing with them.',
    size,
    smokeSize: 20,
    rounds,
    site: 'children',
    ways: [
      { key: 'sluice', title: 'sluice', command: program('programs/load-children') },
      {
        key: 'node-fetch',
        title: "sluice, fetch: 'node-fetch'",
        command: program('programs/load-children', 'node-fetch'),
        isOurs: true,
      },
      {
        key: 'loop',
        title: 'bare node-fetch loop, nothing stored',
        command: program('rivals/bare-fetch', 'children', '4'),
        isFloor: true,
      },
    ],
    goals: [beside],
  };
}
