import { expect, it } from 'vitest';
import { mermaid } from '#src/dataset/mermaid.js';

it('quotes the names of tables that Mermaid does not take, and replaces those of columns', () => {
  const columns = {
    id: { data_type: 'bigint', primary_key: true, description: 'the "key"\nof it' },
    'weird "n': { data_type: 'text' },
    '1st': { data_type: 'text', unique: true },
  };
  const tables = {
    'order s': { columns },
    'order s__items': { parent: 'order s', columns: { sku: { data_type: 'text' } } },
  };
  expect(mermaid({ name: 'shop', tables })).toBe(`erDiagram
    "order s"{
    bigint id PK "the 'key' of it"
    text weird__n "weird 'n"
    text _1st UK "1st"
}
    "order s__items"{
    text sku
}
    "order s__items" }|--|| "order s" : "_dlt_parent"
`);
});
