import { concat, defer, map, of } from 'rxjs';
import { printJson } from '../../../operators/json/print-json.js';
import { valueAt } from '../../../operators/json/value-at.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import type { Lineage, ParentRow, ParentRows } from './lineage.js';
import type { ParentField, ResolvedResource } from './resolve-resources.js';

/** Groups that are not full, above which the oldest is requested as it is. */
const MOST_OPEN = 1_000;

/**
 * `groupSize` rows of a parent as one, where the fields that are taken of the rows above them are
 * the same. A row is released when it is put into its group: groups are made as they are requested,
 * so the rows of pages that come too early keep waiting, while those of a group that is not full
 * hold nothing up.
 */
export function groupRows(
  { endpoint: { groupSize = 1 }, fields, parents: [parent = ''] }: ResolvedResource,
  single: ParentRows,
): ParentRows {
  if (groupSize === 1) return single;
  const above = fields.filter((one) => one.parent !== parent);
  const shared = ({ rows }: Lineage): Json[] =>
    above.map((one) => valueAt(rows, [one.parent, one.field]) ?? null);
  const merged = (group: readonly Lineage[]): ParentRow => ({
    lineage: mergeGroup(group, fields, parent, group[0] === undefined ? [] : shared(group[0])),
    release: () => undefined,
  });
  return defer(() => {
    const open = new Map<string, Lineage[]>();

    function* full(page: Iterable<ParentRow>): Generator<ParentRow> {
      for (const { lineage, release } of page) {
        release();
        const key = printJson(shared(lineage));
        const group = open.get(key) ?? [];
        group.push(lineage);
        if (group.length < groupSize) {
          open.set(key, group);
        } else {
          open.delete(key);
          yield merged(group);
        }
        const [oldest] = open;
        if (oldest === undefined || open.size <= MOST_OPEN) continue;
        open.delete(oldest[0]);
        yield merged(oldest[1]);
      }
    }

    function* rest(): Generator<ParentRow> {
      for (const group of open.values()) yield merged(group);
    }

    return concat(
      single.pipe(map(full)),
      defer(() => of(rest())),
    );
  });
}

/**
 * A field of the parent is the list of its values, and null where a row has none, so that no row is
 * left out unseen.
 */
function mergeGroup(
  group: readonly Lineage[],
  fields: readonly ParentField[],
  parent: string,
  shared: readonly Json[],
): Lineage {
  const rows: Record<string, JsonObject> = {};
  for (const { parent: name, field } of fields) {
    const values = group.map((one): Json => valueAt(one.rows, [name, field]) ?? null);
    rows[name] = {
      ...rows[name],
      [field]: values.includes(null) ? null : name === parent ? values : (values[0] as Json),
    };
  }
  return {
    rows,
    origins: {},
    keys: [
      ...(shared.length === 0 ? [] : [[...shared]]),
      ...group.flatMap(({ keys }) => keys.slice(-1)),
    ],
  };
}
