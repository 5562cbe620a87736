import { seeded, wordsOf } from './seeded.js';

/** Returns three small lists by path: ten rows each, with a nested object and two child tables. */
export function smallBodies(): Map<string, Uint8Array> {
  const random = seeded(1);
  const words = wordsOf(random);
  const whole = (below: number): number => Math.floor(random() * below);
  const ten = (row: (id: number) => object): Uint8Array =>
    Buffer.from(JSON.stringify({ data: Array.from({ length: 10 }, (_, id) => row(id)) }));
  return new Map([
    [
      '/users',
      ten((id) => ({
        id,
        name: words(2),
        created_at: '2026-01-02T03:04:05Z',
        address: { city: words(1), zip: `0${whole(9_999)}` },
      })),
    ],
    [
      '/orders',
      ten((id) => ({
        id,
        user_id: whole(10),
        total: whole(10_000) + 0.5,
        items: [
          { sku: words(1), quantity: whole(9) },
          { sku: words(1), quantity: whole(9) },
        ],
      })),
    ],
    [
      '/products',
      ten((id) => ({ id, title: words(3), price: whole(100) + 0.25, tags: [words(1)] })),
    ],
  ]);
}
