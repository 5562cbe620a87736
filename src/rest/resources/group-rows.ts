import { concat, defer, map, of } from 'rxjs';
import { printJson } from '../../../operators/json/print-json.js';
import { valueAt } from '../../../operators/json/value-at.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import {
  type ParentContext,
  type ParentRow,
  type ParentRows,
  withoutWindow,
} from './parent-context.js';
import type { ParentField, ResolvedResource } from './resolve-resources.js';

/** While more groups than this are not full, the oldest is requested as it is. */
const MOST_OPEN = 1_000;

/**
 * Merges `groupSize` rows of a parent into one, where the needed fields of the rows above them are
 * the same. A row is released when it joins its group. Groups are made as they are requested, so
 * the rows of pages that come too early keep waiting, while a group that is not full holds nothing
 * up. Groups that were requested before the load was stopped are made of the same rows again.
 *
 * @param before places of lists that were requested before
 */
export function groupRows(
  { endpoint: { groupSize = 1 }, fields, parents: [parent = ''] }: ResolvedResource,
  single: ParentRows,
  before: readonly string[] = [],
): ParentRows {
  if (groupSize === 1) return single;
  const above = fields.filter((one) => one.parent !== parent);
  const shared = ({ rows }: ParentContext): Json[] =>
    above.map((one) => valueAt(rows, [one.parent, one.field]) ?? null);
  const merged = (group: readonly ParentContext[]): ParentRow => ({
    context: mergeGroup(group, fields, parent, group[0] === undefined ? [] : shared(group[0])),
    release: () => undefined,
    isStored: false,
  });
  return defer(() => {
    const open = new Map<string, ParentContext[]>();
    const known = new Map(
      before.flatMap((list) => {
        const members = withoutWindow(list).split(BESIDE);
        const group = { members, rows: new Map<string, ParentContext>() };
        return members.map((member) => [member, group] as const);
      }),
    );

    function* full(page: Iterable<ParentRow>): Generator<ParentRow> {
      for (const { context, release } of page) {
        release();
        const requested = known.get(context.at.list);
        if (requested !== undefined) {
          const { members, rows } = requested;
          rows.set(context.at.list, context);
          if (rows.size === members.length)
            yield merged(members.map((member) => rows.get(member) as ParentContext));
          continue;
        }
        const key = printJson(shared(context));
        const group = open.get(key) ?? [];
        group.push(context);
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
 * Merges the rows of a group. A field of the parent is the list of its values. It is null where one
 * row has none, so that no row is left out unseen.
 */
function mergeGroup(
  group: readonly ParentContext[],
  fields: readonly ParentField[],
  parent: string,
  shared: readonly Json[],
): ParentContext {
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
    at: { list: group.map(({ at }) => at.list).join(BESIDE), under: null },
  };
}

/** Stands between the places of the rows of a group. */
const BESIDE = ',';
