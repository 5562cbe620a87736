import assert from 'node:assert/strict';
import type { Destination } from '../destination.js';
import { append, begin, type CheckDefinition, DATASET, rowsOf } from './checked-load.js';

/** Rows of a batch, about as many as a pipeline makes. */
const BATCH = 20_000;
/** Batches of a commit. */
const COMMIT = 4;

/** What is known of rows without comparing each of them. */
interface Sums {
  rows: number;
  /** Different ones. */
  ids: number;
  prices: number;
  /** Of names. */
  letters: number;
  items: number;
  numbers: number;
}

/** @param rows root rows that are loaded at once */
export function largeChecks(rows: number): CheckDefinition[] {
  return [
    {
      name: 'a large load has each row once, and the values of all',
      needs: ['append'],
      async run(destination) {
        const ids = Array.from({ length: rows }, (_, id) => id);
        const session = await begin(destination, {});
        try {
          for (let from = 0, batches = 1; from < rows; from += BATCH, batches += 1) {
            const own = ids.slice(from, from + BATCH);
            await append(
              destination,
              session,
              own.map((id) => ({ ...rootOf(id), items: itemsOf(id) })),
            );
            if (destination.capabilities.commits && batches % COMMIT === 0) await session.commit();
          }
          await session.finish({ completeness: [] });
        } catch (error) {
          await session.abort();
          throw error;
        }
        assert.deepEqual(await found(destination), sumsOf(ids.map(rootOf), ids.flatMap(itemsOf)));
      },
    },
  ];
}

interface Root {
  id: number;
  price: number;
  name: string;
}

function rootOf(id: number): Root {
  return { id, price: id + 0.25, name: `row ${id}` };
}
function itemsOf(id: number): { n: number }[] {
  return id % 10 === 0 ? [{ n: id }, { n: -1 }] : [];
}

async function found(destination: Destination): Promise<Sums> {
  const reader = destination.dataset(DATASET);
  if (reader.query === undefined)
    return sumsOf(
      (await rowsOf(destination, ['id', 'price', 'name'])) as unknown as Root[],
      (await rowsOf(destination, ['n'], 'orders__items')) as { n: number }[],
    );
  const [sums = {}] = await reader.query(
    `SELECT count(*) AS rows, count(DISTINCT id) AS ids, CAST(sum(price) AS DOUBLE) AS prices, CAST(sum(length(name)) AS BIGINT) AS letters, (SELECT count(*) FROM orders__items) AS items, (SELECT CAST(sum(n) AS BIGINT) FROM orders__items) AS numbers FROM orders`,
  );
  return Object.fromEntries(
    Object.entries(sums).map(([name, value]) => [name, Number(value)]),
  ) as unknown as Sums;
}

function sumsOf(roots: readonly Root[], items: readonly { n: number }[]): Sums {
  let [prices, letters, numbers] = [0, 0, 0];
  for (const { price, name } of roots) {
    prices += price;
    letters += name.length;
  }
  for (const { n } of items) numbers += n;
  const ids = new Set(roots.map(({ id }) => id)).size;
  return { rows: roots.length, ids, prices, letters, items: items.length, numbers };
}
