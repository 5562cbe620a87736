import { createHash } from 'node:crypto';

/** The id of a row of a list, from that of its parent: dlt's rule in all dispositions. */
export function childId(parent: string, table: string, index: string): string {
  return createHash('shake128', { outputLength: 10 })
    .update(`${parent}_${table}_${index}`)
    .digest('base64')
    .replaceAll('=', '');
}
