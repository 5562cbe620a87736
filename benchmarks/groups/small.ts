import type { Group } from '../harness/comparison.js';
import { evaluated, innerCase, python, script, sluiceRun } from '../harness/programs.js';
import { smallConfig } from '../programs/small-config.js';

export const small: Group = {
  name: 'small',
  title: 'Small loads and start',
  comparisons: [
    {
      key: 'small',
      title: 'Three endpoints of ten rows, whole process',
      note: '`sluice run config.json` beside a script of dlt’s REST source and a script for just these tables. The files are new: tables are made.',
      chart: 'Three endpoints of ten rows, whole process',
      size: 10,
      smokeSize: 10,
      rounds: 9,
      site: 'small',
      ways: [
        { key: 'sluice', title: 'sluice run', command: sluiceRun(smallConfig) },
        { key: 'dlt', title: 'dlt, script', command: python('dlt_rest.py', 'small'), isDlt: true },
        {
          key: 'script',
          title: 'Node script: fetch, JSON.parse, appender',
          command: script('node-small.mjs'),
        },
      ],
      goals: [
        { text: 'Time beside dlt', field: 'ms', against: ['dlt'], by: 'ratio', atMost: 0.3 },
        { text: 'CPU time beside dlt', field: 'cpuMs', against: ['dlt'], by: 'ratio', atMost: 0.5 },
        { text: 'Memory', field: 'peakMiB', atMost: 100 },
      ],
    },
    {
      key: 'import',
      title: 'Import, whole process',
      note: 'A process that imports one package and ends.',
      size: 1,
      smokeSize: 1,
      rounds: 9,
      ways: [
        { key: 'sluice', title: "import 'sluice'", command: evaluated("import 'sluice'") },
        {
          key: 'operators',
          title: "import 'sluice/operators'",
          command: evaluated("import 'sluice/operators'"),
          isOurs: true,
        },
        { key: 'rxjs', title: "import 'rxjs'", command: evaluated("import 'rxjs'"), isFloor: true },
      ],
      goals: [
        {
          text: 'Time more than rxjs alone',
          field: 'ms',
          against: ['rxjs'],
          by: 'difference',
          atMost: 150,
        },
      ],
    },
    {
      key: 'second-run',
      title: 'A second run in the same process, three endpoints of ten rows',
      note: 'From `pipeline.run` to its result, after a first run. The same requests by node-fetch alone show what the server and HTTP take of it.',
      size: 10,
      smokeSize: 10,
      rounds: 9,
      site: 'small',
      ways: [
        { key: 'sluice', title: 'sluice: second run', command: innerCase('second-run') },
        {
          key: 'requests',
          title: 'the requests alone',
          command: innerCase('bare-fetches'),
          isFloor: true,
        },
      ],
      goals: [
        {
          text: 'Time more than the requests',
          field: 'ms',
          against: ['requests'],
          by: 'difference',
          atMost: 30,
        },
      ],
    },
  ],
};
