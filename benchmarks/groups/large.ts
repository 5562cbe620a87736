import type { Comparison, Group, Way } from '../harness/comparison.js';
import { innerCase, program, python, script } from '../harness/programs.js';

const sluice: Way = {
  key: 'sluice',
  title: 'sluice, HTTP',
  command: program('programs/load-pages', 'issues'),
};
const readJson: Way = {
  key: 'read-json',
  title: 'DuckDB read_json + SQL, local files',
  command: program('rivals/read-json', 'issues'),
};
const nodeBest: Way = {
  key: 'node-best',
  title: 'Node script, best form, HTTP',
  command: script('node-best.mjs'),
};
const nodeFiles: Way = {
  key: 'node-files',
  title: 'Node script: files, then read_json + SQL, HTTP',
  command: program('rivals/node-files', 'issues'),
};
const dltBest: Way = {
  key: 'dlt-best',
  title: 'dlt, best settings, HTTP',
  command: python('dlt_rest.py', 'issues', 'best'),
  isDlt: true,
};

const goals: Comparison['goals'] = [
  {
    text: 'Time beside read_json',
    field: 'ms',
    against: ['read-json'],
    by: 'ratio',
    atMost: 1,
  },
  {
    text: 'CPU time beside read_json',
    field: 'cpuMs',
    against: ['read-json'],
    by: 'ratio',
    atMost: 1.2,
  },
];

export const large: Group = {
  name: 'large',
  title: 'Large loads',
  comparisons: [
    {
      key: 'http',
      title: 'HTTP → committed tables, 200,000 nested rows, whole process',
      note: '119 MB of JSON in 200 pages over loopback HTTP, 560,000 table rows. `read_json` reads the same pages from local files and knows all types; the Node scripts are written for these tables alone. dlt’s best settings are in [rivals/dlt_rest.py](rivals/dlt_rest.py).',
      chart: 'HTTP → committed tables, 200,000 nested rows',
      size: 200_000,
      smokeSize: 1_000,
      rounds: 5,
      site: 'issues',
      ways: [
        sluice,
        readJson,
        nodeFiles,
        nodeBest,
        {
          key: 'node-script',
          title: 'Node script: fetch, JSON.parse, appender, HTTP',
          command: script('node-script.mjs'),
          rounds: 3,
        },
        { ...dltBest, rounds: 2 },
        {
          key: 'dlt',
          title: 'dlt, default settings, HTTP',
          command: python('dlt_rest.py', 'issues'),
          isDlt: true,
          rounds: 1,
        },
      ],
      goals: [
        ...goals,
        {
          text: 'Time beside dlt’s best settings',
          field: 'ms',
          against: ['dlt-best'],
          by: 'ratio',
          atMost: 1 / 17,
        },
        {
          text: 'Time beside dlt’s default settings',
          field: 'ms',
          against: ['dlt'],
          by: 'ratio',
          atMost: 1 / 60,
        },
        { text: 'Memory', field: 'peakMiB', atMost: 260 },
      ],
    },
    {
      key: 'gzip',
      title: 'HTTP with gzip → committed tables, 200,000 nested rows, whole process',
      note: 'The same pages, compressed to 22 MB as most APIs send them. `read_json` reads compressed files.',
      chart: 'The same, compressed by gzip',
      size: 200_000,
      smokeSize: 1_000,
      rounds: 3,
      site: 'issues-gzip',
      ways: [
        sluice,
        { ...readJson, command: program('rivals/read-json', 'issues', 'gzip') },
        nodeFiles,
        nodeBest,
      ],
      goals,
    },
    {
      key: 'http-1m',
      title: 'HTTP → committed tables, 1,000,000 nested rows, whole process',
      note: '595 MB of JSON in 1,000 pages.',
      size: 1_000_000,
      smokeSize: 1_000,
      rounds: 3,
      isLong: true,
      site: 'issues',
      ways: [sluice, readJson, nodeFiles, nodeBest, { ...dltBest, rounds: 1 }],
      goals: [...goals, { text: 'Memory', field: 'peakMiB', atMost: 312 }],
    },
    {
      key: 'http-10m',
      title: 'HTTP → committed tables, 10,000,000 nested rows, whole process',
      note: '5.95 GB of JSON: the pages of 2,000,000 rows five times over.',
      size: 10_000_000,
      smokeSize: 1_000,
      rounds: 1,
      isLong: true,
      site: 'issues',
      ways: [sluice, readJson],
      goals: [...goals, { text: 'Memory', field: 'peakMiB', atMost: 312 }],
    },
    {
      key: 'budget-10m',
      title: "HTTP → committed tables, 10,000,000 nested rows with `memory: '256MB'`",
      note: 'The same rows in a process that is to take 256 MB: [budget.ts](../src/run/budget.ts) has the shares.',
      size: 10_000_000,
      smokeSize: 1_000,
      rounds: 1,
      isLong: true,
      site: 'issues',
      ways: [{ ...sluice, command: program('programs/load-pages', 'issues', '256MB') }],
      goals: [{ text: 'Memory', field: 'peakMiB', atMost: 286 }],
    },
    {
      key: 'budget-body',
      title: "HTTP → committed tables, one response of 500 MB with `memory: '256MB'`",
      note: '840,000 nested rows in one body, which goes to a file and comes in slices.',
      size: 840_000,
      smokeSize: 1_000,
      rounds: 1,
      isLong: true,
      site: 'one-body',
      ways: [{ ...sluice, command: program('programs/load-body', '256MB') }],
      goals: [{ text: 'Memory', field: 'peakMiB', atMost: 286 }],
    },
    {
      key: 'budget-row',
      title: "HTTP → committed tables, one row of 100,000 children with `memory: '256MB'`",
      note: 'Each child has two tags: 300,001 rows in three tables.',
      size: 100_000,
      smokeSize: 1_000,
      rounds: 3,
      isLong: true,
      site: 'one-row',
      ways: [{ ...sluice, command: program('programs/load-body', '256MB') }],
      goals: [{ text: 'Memory', field: 'peakMiB', atMost: 286 }],
    },
    {
      key: 'memory',
      title: 'Pages in memory → committed tables, 200,000 nested rows',
      note: 'From an unopened database to a closed one, in a process that has begun: operators and `load` beside `read_json` and SQL.',
      size: 200_000,
      smokeSize: 1_000,
      rounds: 5,
      ways: [
        {
          key: 'sluice',
          title: 'sluice: select → … → load',
          command: innerCase('whole'),
        },
        {
          key: 'read-json',
          title: 'DuckDB read_json + SQL, local files',
          command: innerCase('read-json'),
        },
      ],
      goals: [
        {
          text: 'Time beside read_json',
          field: 'ms',
          against: ['read-json'],
          by: 'ratio',
          atMost: 0.7,
        },
      ],
    },
    {
      key: 'host',
      title: 'The event loop of the process that loads, 200,000 nested rows over HTTP',
      note: 'The same load with a commit due every 500 ms, in a process that has begun.',
      size: 200_000,
      smokeSize: 1_000,
      rounds: 3,
      ways: [{ key: 'sluice', title: 'sluice', command: innerCase('host') }],
      goals: [
        { text: 'Delay of the event loop, 99th percentile', field: 'loopP99Ms', atMost: 10 },
        { text: 'Largest delay', field: 'loopMaxMs', atMost: 50 },
        { text: 'First rows committed after', field: 'firstCommitMs' },
      ],
    },
  ],
};
