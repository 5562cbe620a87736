import { expect } from 'vitest';
import type { JsonObject, restSource } from 'sluice';
import { heldBodies } from './held-bodies.js';
import { readSource, runContext } from './read-pages.js';

export interface ReadSlices {
  rows: JsonObject[];
  /** Pages of the rows. */
  slices: number;
  error: string | null;
  /** Notices that a response was in memory whole. */
  held: string[];
}

/**
 * Reads resource `orders` of a source, of whose responses `bodyBytes` may be in memory each. No
 * file of a body is open behind it.
 */
export async function readSlices(
  source: ReturnType<typeof restSource>,
  bodyBytes: number,
): Promise<ReadSlices> {
  const found = await readSource(source, { ...runContext(), bodyBytes });
  expect(heldBodies()).toEqual([]);
  return {
    rows: found.rows['orders'] ?? [],
    slices: found.pages.length,
    error: (found.error as Error | null)?.message ?? null,
    held: found.events.flatMap((event) =>
      event.kind === 'notice' && event.message.includes('in memory') ? [event.message] : [],
    ),
  };
}
