import { describe, expect, it, onTestFinished } from 'vitest';
import { limitsOf } from '#operators/columns/limits.js';
import { BodyFile } from '#src/rest/http/body/body-file.js';
import { largeDocument } from '#src/rest/pages/rows/big/large-document.js';
import { type LongList, outline } from '#src/rest/pages/rows/big/outline.js';
import type { Slice } from '#src/rest/pages/rows/big/row-cuts.js';
import { RowSlices } from '#src/rest/pages/rows/big/row-slices.js';

/** The rows of one list, as they come in slices of 64 KiB. */
async function slicesOf(text: string): Promise<RowSlices> {
  const file = await BodyFile.make();
  onTestFinished(() => file.close());
  await file.add(Buffer.from(text));
  await file.flush();
  const outlined = await outline(file, { limits: limitsOf(), sliceBytes: 64 * 1024 });
  return RowSlices.of(file, outlined.longLists[0] as LongList, {
    format: 'json',
    document: largeDocument(file, outlined, 'json'),
  });
}

async function textOf(slices: RowSlices, slice: Slice | undefined): Promise<string> {
  return new TextDecoder().decode(await slices.read(slice as Slice));
}

const numbers = `[${Array.from({ length: 40_000 }, (_, i) => i).join()}]`;

describe('the slices behind a mark', () => {
  it('have no rows where the list ends there now', async () => {
    const before = await slicesOf(numbers);
    const [first] = before.slices as [Slice];
    const now = await slicesOf(`${numbers.slice(0, first.to)}]`);
    const behind = await now.after(await before.mark(first));

    expect(behind?.map(({ count }) => count)).toEqual([0]);
    expect(await textOf(now, behind?.[0])).toBe('[]');
  });

  it('are unknown where the row in front of it goes on now', async () => {
    const before = await slicesOf(numbers);
    const [first] = before.slices as [Slice];
    const now = await slicesOf(`${numbers.slice(0, first.to)}0${numbers.slice(first.to)}`);

    expect(await now.after(await before.mark(first))).toBe(null);
  });

  it('are unknown where the list is shorter now', async () => {
    const before = await slicesOf(numbers);
    const [first, second] = before.slices as [Slice, Slice];
    const now = await slicesOf(`${numbers.slice(0, first.to)}]`);

    expect(await now.after(await before.mark(second))).toBe(null);
  });
});
