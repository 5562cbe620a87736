import type { Comparison, Group, Way } from '../harness/comparison.js';
import { innerCase } from '../harness/programs.js';

/** Most that ours should take of the faster SQL by hand. */
const GOAL = 1.3;

export const tables: Group = {
  name: 'tables',
  title: 'Large tables',
  comparisons: [
    {
      key: 'merge',
      title: '1,000,000 rows merged into 10,000,000',
      note: 'Every second row has a key that is there, spread over the whole table.',
      chart: '1 M rows merged into 10 M',
      size: 1_000_000,
      smokeSize: 1_000,
      rounds: 3,
      ways: [
        ours('merge:mergeDeleteInsert', 'sluice: delete-insert (the default)'),
        ours('merge:mergeUpsert', 'sluice: upsert'),
        way('merge:sqlDeleteInsert', 'SQL by hand: read_json, DELETE, INSERT'),
        way('merge:sqlMerge', 'SQL by hand: read_json, MERGE'),
        dlt('dlt:dltDeleteInsert', 'dlt: delete-insert'),
        dlt('dlt:dltUpsert', 'dlt: upsert'),
      ],
      goals: ['merge:mergeDeleteInsert', 'merge:mergeUpsert'].flatMap((key) =>
        byHand(key, ['merge:sqlDeleteInsert', 'merge:sqlMerge']),
      ),
    },
    {
      key: 'replace',
      title: '10,000,000 rows in the place of 10,000,000',
      note: 'Pages in memory; readers see the old rows until all new ones are there.',
      size: 10_000_000,
      smokeSize: 1_000,
      rounds: 3,
      ways: [
        ours('replace:replace', 'sluice: replace'),
        way('replace:sqlReplace', 'SQL by hand: CREATE OR REPLACE TABLE AS read_json, types given'),
      ],
      goals: byHand('replace:replace', ['replace:sqlReplace']),
    },
    {
      key: 'versions',
      title: 'Second versions of 1,000,000 rows (scd2)',
      note: 'One row in ten is changed, one in a hundred is gone and one is new.',
      chart: 'scd2, 1 M rows',
      size: 1_000_000,
      smokeSize: 1_000,
      rounds: 3,
      ways: [
        ours('versions:versions', 'sluice: scd2'),
        way('versions:sqlVersions', 'SQL by hand: read_json, UPDATE, INSERT'),
        dlt('dlt:dltVersions', 'dlt: scd2'),
      ],
      goals: byHand('versions:versions', ['versions:sqlVersions']),
    },
    {
      key: 'wide-table',
      title: '100,000 rows with 20 of 800 columns, append',
      note: 'Pages in memory, a new table.',
      size: 100_000,
      smokeSize: 100,
      rounds: 3,
      ways: [
        ours('wide:wide', 'sluice: append'),
        way('wide:sqlWide', 'SQL by hand: CREATE TABLE AS read_json, types given'),
        dlt('dlt:dltWide', 'dlt: append'),
      ],
      goals: byHand('wide:wide', ['wide:sqlWide']),
    },
    {
      key: 'arrow',
      title: 'A table of 5,000,000 rows to Arrow',
      note: 'Ten columns, five of them text. DuckDB’s binding for Node has no Arrow: by hand its chunks are read with the binding’s functions. What it costs to fetch the chunks alone, and to read JavaScript values, is beside it.',
      size: 5_000_000,
      smokeSize: 5_000,
      rounds: 3,
      ways: [
        ours('arrow:arrow', "sluice: dataset().table('orders').arrow()"),
        {
          ...way('arrow:arrowByHand', 'binding by hand: numbers by chunk, texts one by one'),
          rounds: 1,
        },
        {
          ...way('arrow:arrowValues', 'runAndReadAll and getColumns: JavaScript values, no Arrow'),
          rounds: 1,
        },
        {
          ...way('arrow:arrowFloor', 'stream and fetchChunk alone: nothing is read'),
          isFloor: true,
        },
        dlt('dlt:dltArrow', "dlt: dataset().table('orders').arrow(), in Python"),
      ],
      goals: byHand('arrow:arrow', ['arrow:arrowByHand']),
    },
  ],
};

function way(key: string, title: string): Way {
  return { key, title, command: innerCase(`tables/${key}`) };
}

function ours(key: string, title: string): Way {
  return { ...way(key, title), isOurs: true };
}

function dlt(key: string, title: string): Way {
  return { ...way(key, title), isDlt: true, rounds: 1 };
}

function byHand(own: string, against: readonly string[]): Comparison['goals'] {
  const goal = { way: own, against, by: 'ratio', atMost: GOAL } as const;
  const name = own.split(':')[1] ?? '';
  return [
    { ...goal, text: `\`${name}\`: time beside the faster way by hand`, field: 'ms' },
    { ...goal, text: `\`${name}\`: CPU time beside it`, field: 'cpuMs' },
  ];
}
