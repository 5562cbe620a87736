import { printMember } from '../json/print-json.js';
import { rowObjects } from '../json/row-objects.js';
import { besideName } from '../schema/names.js';
import type { JsonObject, Page, Rows } from '../types.js';
import type { FlattenEvent } from './flatten-event.js';
import type { WalkedTable } from './walk.js';

/** Reports each field once that rows have a value of their own in. */
export interface OverlapReports {
  /** The other value is kept beside it. */
  kept(page: Page, span: Rows['span'], root: WalkedTable): void;
  /** It is written over, by dlt's rules. */
  overwritten(page: Page, rows: Pick<Rows, 'body' | 'span'>): void;
}

export function overlapReports(observe?: (met: FlattenEvent) => void): OverlapReports {
  const reported = new Set<string>();
  return {
    kept(page, span, { columns }) {
      const fields = [
        ...Object.keys(page.stamp ?? {}),
        ...(span.kind === 'map' ? [span.key ?? '_key'] : []),
      ];
      for (const field of fields) {
        const beside = besideName(field);
        if (reported.has(field) || !columns.some(({ path }) => path[0] === beside)) continue;
        reported.add(field);
        observe?.({ kind: 'overlap', page, field, beside });
      }
    },
    overwritten(page, rows) {
      const stamp = page.stamp ?? {};
      const fields = Object.keys(stamp).filter((field) => !reported.has(field));
      const objects = fields.length === 0 ? [] : rowObjects(rows);
      const isOther = (row: JsonObject, field: string): boolean =>
        (row[field] ?? null) !== null && printMember(row, field) !== printMember(stamp, field);
      for (const field of fields.filter((one) => objects.some((row) => isOther(row, one)))) {
        reported.add(field);
        observe?.({ kind: 'overlap', page, field, beside: null });
      }
    },
  };
}
