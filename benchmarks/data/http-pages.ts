import { pageNumber, restSource, type Source } from 'sluice';
import { type ShapeName, shapes } from './pages.js';

/** The source that a user writes for a large list: the pages of a shape, from `BENCH_URL`. */
export function httpPages(shape: ShapeName, rows: number): Source {
  return restSource({
    name: 'bench',
    client: { baseUrl: process.env['BENCH_URL'] ?? '' },
    resources: [
      {
        name: shape,
        endpoint: {
          path: 'pages',
          dataSelector: 'data',
          paginator: pageNumber({
            basePage: 0,
            maximumPage: Math.ceil(rows / shapes[shape].pageRows),
          }),
        },
      },
    ],
  });
}
