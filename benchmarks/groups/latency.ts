import type { Group } from '../harness/comparison.js';
import { program, python } from '../harness/programs.js';

export const latency: Group = {
  name: 'latency',
  title: 'Slow APIs',
  comparisons: [
    {
      key: 'slow-pages',
      title: '60 pages that take 150 ms each, total declared, whole process',
      note: 'The API says how many rows there are. The loops do nothing with the pages but parse them.',
      chart: '60 slow pages with a declared total',
      size: 60,
      smokeSize: 4,
      rounds: 3,
      site: 'slow',
      ways: [
        { key: 'sluice', title: 'sluice', command: program('programs/load-slow') },
        {
          key: 'one-by-one',
          title: 'sluice, parallelPages: false',
          command: program('programs/load-slow', 'one-by-one'),
          isOurs: true,
        },
        {
          key: 'loop',
          title: 'bare node-fetch loop, one after another',
          command: program('rivals/bare-fetch', 'slow', '1'),
        },
        {
          key: 'loop-of-four',
          title: 'bare node-fetch loop, four at once, nothing stored',
          command: program('rivals/bare-fetch', 'slow', '4'),
          isFloor: true,
        },
        {
          key: 'dlt',
          title: 'dlt',
          command: python('dlt_rest.py', 'slow'),
          isDlt: true,
          rounds: 1,
        },
      ],
      goals: [
        {
          text: 'Time beside one after another',
          field: 'ms',
          against: ['one-by-one'],
          by: 'ratio',
          atMost: 0.35,
        },
      ],
    },
  ],
};
