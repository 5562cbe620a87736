import { locate } from '../../../operators/json/locate.js';
import type { SourcePage } from '../../run/source.js';
import type { List, ReadOptions } from './list.js';
import type { PageSlices } from './page-positions.js';
import type { Slice } from './rows/big/row-cuts.js';

/**
 * The pages of one response whose rows are read in slices, each when there is room for it. What
 * happened for the response comes with the last of them, and so does the position behind it.
 *
 * @param whole the page of the response
 * @param behind the slices that are left; null for all
 */
export async function* slicePages(
  whole: SourcePage,
  { slices, positionAt, state }: PageSlices,
  behind: readonly Slice[] | null,
  { limits, key }: Pick<List, 'limits' | 'key'>,
  { gate, signal }: Pick<ReadOptions, 'gate' | 'signal'>,
): AsyncGenerator<SourcePage> {
  const { events, ...same } = whole;
  const left = behind ?? slices.slices;
  for (const [i, slice] of left.entries()) {
    await gate.whenOpen(signal);
    const body = await slices.read(slice);
    const { span: rows } = locate(body, {
      selectors: ['@'],
      rows: slices.kind,
      limits,
      ...(key !== null && { key }),
    });
    const isLast = i === left.length - 1;
    const page: SourcePage = { ...same, body, rows, slice: slice.from };
    if (isLast) yield events === undefined ? page : { ...page, events };
    else yield { ...page, next: positionAt(await slices.mark(slice)), state };
  }
}
