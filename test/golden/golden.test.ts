import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Compat } from 'sluice/operators';
import { tempFolder } from '../support/temp-folder.js';
import type { Dump } from './dump.js';
import type { GoldenCase } from './golden-case.js';
import { loadCase } from './load-case.js';

/** What dlt left of a case. */
interface Expected extends Partial<Dump> {
  runs: readonly { requests: readonly string[]; error: unknown }[];
}

const here = new URL('./', import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, here), 'utf8'));

const cases = readdirSync(new URL('cases/', here))
  .toSorted()
  .flatMap((file) => read(`cases/${file}`) as GoldenCase[]);
/** Cases that differ from dlt also with `compat: 'dlt'`, each with the reason. */
const departures = read('departures.json') as Record<string, string>;

/** Cases whose tables are dlt's, and whose schema document or state is not quite. */
const documentDepartures = read('document-departures.json') as Record<string, string>;

const folder = tempFolder();

/** All cases take minutes (`npm run test:golden`); each 32nd shows soon whether one broke. */
function some(from: number): GoldenCase[] {
  return process.env['GOLDEN'] === 'all' ? cases : cases.filter((_, i) => i % 32 === from);
}

describe('the tables of a source with `compat: "dlt"`', () => {
  it.each(some(0).map((own) => [own.name, own] as const))('are dlt’s: %s', async (name, own) => {
    const loaded = await outcomeOf(own, 'dlt');
    const left = { ...loaded, tables: withoutBooks(loaded.tables) };
    if (name in departures) {
      expect(left, departures[name]).not.toEqual(expectedOf(name, true));
      return;
    }
    const { documents, ...tables } = left;
    const { documents: wanted, ...wantedTables } = expectedOf(name, true);
    expect(tables).toEqual(wantedTables);
    const reason = documentDepartures[name];
    if (reason === undefined) expect(documents).toEqual(wanted);
    else expect(documents, reason).not.toEqual(wanted);
  });
});

describe('the tables of a source', () => {
  it.each(some(16).map((own) => [own.name, own] as const))(
    'are dlt’s, or hold more of what was sent: %s',
    async (name, own) => {
      const loaded = await outcomeOf(own, 'sluice');
      const { documents: _, ...left } = {
        ...loaded,
        tables: withoutBooks(withoutMarks(loaded.tables)),
      };
      const { documents: __, ...wanted } = expectedOf(name, false);
      const isOther = own.own !== undefined || name in departures;
      if (isOther) expect(left, own.own).not.toEqual(wanted);
      else expect(left).toEqual(wanted);
    },
  );
});

interface Result {
  failed: boolean[];
  requests: string[][];
  tables: Dump['tables'];
  /** Schemas, with their versions, and the state. */
  documents: Pick<Dump, 'schemas' | 'state'>;
}

async function outcomeOf(own: GoldenCase, compat: Compat): Promise<Result> {
  const { runs, left } = await loadCase(own, folder.path('.'), compat);
  return resultOf(runs, left ?? { tables: {}, schemas: {}, state: null });
}

function expectedOf(name: string, withMarks: boolean): Result {
  const {
    runs,
    tables = {},
    schemas = {},
    state = null,
  } = read(`expected/${name}.json`) as Expected;
  const own = withoutBooks(withMarks ? tables : withoutMarks(tables));
  return resultOf(runs, { tables: own, schemas, state });
}

function resultOf(runs: Expected['runs'], { tables, schemas, state }: Dump): Result {
  const failed = runs.map(({ error }) => error !== null && error !== undefined);
  // After a failure it is chance how far other resources have come.
  const requests = runs.map((run, i) =>
    failed[i] === true ? [] : run.requests.map(inOrder).sort(),
  );
  return { failed, requests, tables, documents: { schemas, state } };
}

/** The address without its host, its parameters in order. */
function inOrder(address: string): string {
  const { pathname, searchParams } = new URL(address, 'http://local');
  searchParams.sort();
  return `${pathname}?${String(searchParams)}`;
}

/** Tables of rows alone. */
function withoutBooks(tables: Dump['tables']): Dump['tables'] {
  return Object.fromEntries(Object.entries(tables).filter(([name]) => !name.startsWith('_dlt')));
}

/** Without the marks at ids of lists' rows that are no hashes: only dlt's mode has dlt's ids. */
function withoutMarks(tables: Dump['tables']): Dump['tables'] {
  return JSON.parse(JSON.stringify(tables).replaceAll('!"', '"')) as Dump['tables'];
}
