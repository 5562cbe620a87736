import assert from 'node:assert/strict';
import { type CheckDefinition, DATASET, load, rowsOf } from './checked-load.js';

/** Rows of the blocks in which columns are often held. */
const BLOCK = 2_048;

/** Bytes of a name where a destination takes any number. */
const LONG = 200;

/** What becomes of values, and of the names of what they are in. */
export const VALUE_CHECKS: readonly CheckDefinition[] = [
  {
    name: 'a null stays in its row, at the borders of blocks of rows too',
    needs: ['append'],
    async run(destination) {
      const rows = Array.from({ length: 2 * BLOCK + 4 }, (_, id) =>
        id % BLOCK < 2 || id % BLOCK === BLOCK - 1 || (id > 500 && id < 700)
          ? { id, count: null, text: null, flag: null, price: null }
          : { id, count: id, text: id % 5 === 0 ? '' : `${id}`, flag: id % 2 === 0, price: id / 4 },
      );
      await load(destination, rows);
      const found = await destination.dataset(DATASET).rows('orders');
      assert.deepEqual(
        found
          .map(({ id, count, text, flag, price }) => ({ id, count, text, flag, price }))
          .sort((a, b) => Number(a.id) - Number(b.id)),
        rows,
      );
    },
  },
  {
    name: 'a column gets wider where its values stay, and what does not fit has another beside it',
    needs: ['append'],
    async run(destination) {
      await load(destination, [{ id: 1, n: 1 }]);
      await load(destination, [{ id: 2, n: 1.5 }]);
      await load(destination, [
        { id: 3, n: 'text' },
        { id: 4, n: 2 },
      ]);
      assert.deepEqual(await rowsOf(destination, ['id', 'n', 'n__v_text']), [
        { id: 1, n: 1, n__v_text: null },
        { id: 2, n: 1.5, n__v_text: null },
        { id: 3, n: null, n__v_text: 'text' },
        { id: 4, n: 2, n__v_text: null },
      ]);
    },
  },
  {
    name: 'names as long as they may be are kept apart by their ends',
    needs: ['append'],
    async run(destination) {
      const { identifierBytes = LONG, dispositions } = destination.capabilities;
      // Postgres names a type after all but the last byte of a table.
      const long = (end: string): string => `${'n'.repeat(identifierBytes - 2)}${end}n`;
      for (const disposition of dispositions)
        for (const last of ['a', 'b'])
          await load(destination, [{ id: 1, [long('a')]: last, [long('b')]: disposition }], {
            table: long(last),
            disposition,
            ...(disposition === 'merge' && { primaryKey: 'id' }),
          });
      const [disposition] = dispositions.slice(-1);
      for (const last of ['a', 'b'])
        assert.deepEqual(
          (await rowsOf(destination, [long('a'), long('b')], long(last))).slice(-1),
          [{ [long('a')]: last, [long('b')]: disposition }],
        );
    },
  },
];
