import { execFileSync } from 'node:child_process';
import type { Group, Way } from '../harness/comparison.js';
import { built, program, python } from '../harness/programs.js';

const file: Way = {
  key: 'duckdb',
  title: 'sluice, a DuckDB file',
  command: program('programs/load-pages', 'issues'),
  isOurs: true,
};
const into = (key: string, title: string): Way => ({
  key,
  title,
  command: program('programs/load-into', key),
  isOurs: true,
});
const dlt = (key: string, title: string): Way => ({
  key: `dlt-${key}`,
  title,
  command: python('dlt_rest.py', 'issues', 'best', key),
  isDlt: true,
  rounds: 1,
});
/** psql copies tables that are made of the same rows before. */
const copy: Way = {
  key: 'copy',
  title: 'psql: \\copy of ready files of CSV',
  command: ({ size, engine }) => {
    const script = execFileSync(process.execPath, [built('data/make-csv.js'), String(size)]);
    return ['psql', engine, '-q', '-v', 'ON_ERROR_STOP=1', '-f', String(script)];
  },
};
const issues = { size: 200_000, smokeSize: 1_000, rounds: 3, site: 'issues' };

export const destinations: Group = {
  name: 'destinations',
  title: 'Destinations',
  comparisons: [
    {
      ...issues,
      key: 'postgres',
      title: 'HTTP → Postgres, 200,000 nested rows, whole process',
      note: '560,000 table rows, a new server of the same computer whose `fsync` is off; its CPU time is in none of the figures. psql’s tables have the columns and rows of ours, ids too. dlt’s best settings for Postgres are those of [rivals/dlt_rest.py](rivals/dlt_rest.py) with files of CSV.',
      chart: 'HTTP → Postgres, 200,000 nested rows',
      engine: 'postgres',
      ways: [
        into('postgres', 'sluice, Postgres'),
        copy,
        dlt('postgres', 'dlt, best settings, Postgres'),
      ],
      goals: [
        {
          text: 'Time beside dlt’s best settings',
          field: 'ms',
          against: ['dlt-postgres'],
          by: 'ratio',
          atMost: 1 / 5,
        },
        {
          text: 'Time beside `\\copy`',
          field: 'ms',
          against: ['copy'],
          by: 'ratio',
          atMost: 2.5,
        },
      ],
    },
    {
      ...issues,
      key: 'files',
      title: 'HTTP → Parquet files, 200,000 nested rows, whole process',
      note: 'Files compressed by zstd in a local folder; dlt’s destination `filesystem` with Parquet and its best settings.',
      chart: 'HTTP → Parquet files, 200,000 nested rows',
      ways: [
        into('files', 'sluice, Parquet files'),
        file,
        dlt('files', 'dlt, best settings, Parquet files'),
      ],
      goals: [
        {
          text: 'Time beside a DuckDB file',
          field: 'ms',
          against: ['duckdb'],
          by: 'ratio',
          atMost: 2.5,
        },
      ],
    },
    {
      ...issues,
      key: 's3',
      title: 'HTTP → Parquet files in S3, 200,000 nested rows, whole process',
      note: 'The server of S3 is gofakes3 on the same computer, which keeps files in memory.',
      engine: 's3',
      ways: [
        into('s3', 'sluice, Parquet files in S3'),
        dlt('s3', 'dlt, best settings, Parquet files in S3'),
      ],
      goals: [],
    },
    {
      ...issues,
      key: 'ducklake',
      title: 'HTTP → DuckLake, 200,000 nested rows, whole process',
      note: 'Data in a local folder, the catalog in a file and in Postgres.',
      engine: 'ducklake',
      ways: [
        into('ducklake', 'sluice, DuckLake with its catalog in a file'),
        into('ducklake-postgres', 'sluice, DuckLake with its catalog in Postgres'),
        file,
      ],
      goals: [],
    },
  ],
};
