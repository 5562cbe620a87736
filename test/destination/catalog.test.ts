import { describe, expect, it } from 'vitest';
import { type Catalog, childrenOf, rootsOf } from '#src/destination/sql/catalog.js';
import type { Scope } from '#src/destination/sql/sql.js';

const column = (name: string): { name: string; sqlType: string; nullable: boolean } => ({
  name,
  sqlType: 'text',
  nullable: true,
});
const below = (table: string): [string, ReturnType<typeof column>[]] => [
  table,
  [column('_dlt_parent_id')],
];
const ROOT = 'orders_of_all_the_shops_in_town';
// As they are shortened to 63 bytes, in the order of the alphabet.
const LINES = 'orders_of_all_the_shops_in_towzzzzzzthat_have_come_with_the_van';
const TAGS = 'orders_of_all_the_shops_in_towaaaaaathat_have_come_with_it_tags';
const OTHER = 'orders_of_all_the_sheds_in_townbbbbbbthat_have_come_with_it_too';

describe('the tables below a root table', () => {
  const catalog: Catalog = new Map([
    [ROOT, [column('_dlt_load_id')]],
    ...[TAGS, OTHER, LINES].map(below),
  ]);
  const scope = { dialect: { identifierBytes: 63 } } as unknown as Scope;
  const parents: Record<string, string> = { [LINES]: ROOT, [TAGS]: LINES };
  const parentOf = (table: string): string | null => parents[table] ?? null;

  it('are found by shortened names, parents before children', () => {
    expect(childrenOf(ROOT, catalog, scope, parentOf)).toEqual([LINES, TAGS]);
    expect(rootsOf(TAGS, catalog, scope)).toEqual([ROOT]);
  });

  it('are found by whole names alone where no name is shortened', () => {
    const whole = { dialect: {} } as unknown as Scope;
    expect(childrenOf(ROOT, catalog, whole, parentOf)).toEqual([]);
  });
});
