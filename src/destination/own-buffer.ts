import type { BatchMessage } from './messages.js';

/**
 * Returns the one buffer that a batch of ours lies in. Null for batches of other makers, whose
 * buffers others may share.
 */
export function ownBuffer({ tables }: BatchMessage): ArrayBuffer | null {
  let only: ArrayBuffer | null = null;
  for (const { columns } of tables)
    for (const { validity, offsets, data } of columns)
      for (const view of [validity, offsets, data]) {
        if (!(view?.buffer instanceof ArrayBuffer) || view.buffer === only) continue;
        if (only !== null) return null;
        only = view.buffer;
      }
  return only;
}
