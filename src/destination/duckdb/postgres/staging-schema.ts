import { nameTag } from '../../../../operators/schema/naming.js';

/** Bytes that Postgres keeps of a name; it cuts the rest off and says so in a notice alone. */
export const MOST_BYTES = 63;

const ENDING = '_sluice_staging';

/**
 * The schema in which a dataset's staging tables stand, so that their names have the room that
 * those of their tables have. dlt has tables of its own in `<dataset>_staging`.
 */
export function stagingSchema(dataset: string): string {
  const name = `${dataset}${ENDING}`;
  if (Buffer.byteLength(name) <= MOST_BYTES) return name;
  const tag = `_${nameTag(dataset)}${ENDING}`;
  return `${Buffer.from(dataset)
    .toString('latin1', 0, MOST_BYTES - tag.length)
    .replace(/[^\x20-\x7e]+$/, '')}${tag}`;
}
