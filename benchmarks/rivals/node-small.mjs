// Three small endpoints by a script for just them: `fetch`, and DuckDB's appender value by value.
import { DuckDBInstance, DuckDBTimestampTZValue } from '@duckdb/node-api';

const instance = await DuckDBInstance.create(process.env.BENCH_DATABASE);
const connection = await instance.connect();
await connection.run(`CREATE TABLE users (id BIGINT, name VARCHAR, created_at TIMESTAMPTZ, address__city VARCHAR, address__zip VARCHAR);
  CREATE TABLE orders (id BIGINT, user_id BIGINT, total DOUBLE);
  CREATE TABLE orders__items (order_id BIGINT, idx BIGINT, sku VARCHAR, quantity BIGINT);
  CREATE TABLE products (id BIGINT, title VARCHAR, price DOUBLE);
  CREATE TABLE products__tags (product_id BIGINT, idx BIGINT, value VARCHAR)`);

const get = async (path) => (await (await fetch(`${process.env.BENCH_URL}/${path}`)).json()).data;
const int = (value) => BigInt(value);
const time = (text) => new DuckDBTimestampTZValue(BigInt(Date.parse(text)) * 1000n);
async function append(table, rows) {
  const appender = await connection.createAppender(table);
  for (const row of rows) {
    for (const value of row) {
      if (typeof value === 'bigint') appender.appendBigInt(value);
      else if (typeof value === 'number') appender.appendDouble(value);
      else if (typeof value === 'string') appender.appendVarchar(value);
      else appender.appendTimestampTZ(value);
    }
    appender.endRow();
  }
  appender.closeSync();
}
const [users, orders, products] = await Promise.all(['users', 'orders', 'products'].map(get));
await append(
  'users',
  users.map(({ id, name, created_at, address }) => [
    int(id),
    name,
    time(created_at),
    address.city,
    address.zip,
  ]),
);
await append(
  'orders',
  orders.map(({ id, user_id, total }) => [int(id), int(user_id), total]),
);
await append(
  'orders__items',
  orders.flatMap(({ id, items }) =>
    items.map(({ sku, quantity }, i) => [int(id), int(i), sku, int(quantity)]),
  ),
);
await append(
  'products',
  products.map(({ id, title, price }) => [int(id), title, price]),
);
await append(
  'products__tags',
  products.flatMap(({ id, tags }) => tags.map((tag, i) => [int(id), int(i), tag])),
);
connection.closeSync();
instance.closeSync();
