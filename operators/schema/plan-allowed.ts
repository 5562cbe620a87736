import { dropValues } from '../columns/drop-values.js';
import { rowPrinter } from '../columns/row-json.js';
import { dropRows, pathsKey } from '../columns/take-rows.js';
import { ownMember } from '../json/own-member.js';
import type {
  Discard,
  Flat,
  FlatColumn,
  FlatTable,
  SchemaChange,
  SchemaContract,
} from '../types.js';
import { columnsOfDiscarded } from './columns-of-discarded.js';
import type { KnownTables } from './known-tables.js';
import { laneReader } from './lane-value.js';
import { type PagePlan, planPage } from './plan-page.js';
import type { Breach, Violation } from './violation.js';

/** A page as its contracts let it through, and what they left out. */
export interface AllowedPlan {
  /** The plan of what is left; its violations say why the page cannot be accepted. */
  plan: PagePlan;
  discards: readonly Discard[];
  quarantined: readonly QuarantinedRow[];
}

/** A row that a contract left out, or the values that it left out of a row that is kept. */
export interface QuarantinedRow {
  table: string;
  column: string | null;
  entity: Discard['entity'];
  mode: Discard['mode'];
  /** Why it was left out. */
  message: string;
  /** JSON of the row with the rows below it, or of an object with the values. */
  data: string;
  /** `_dlt_id` of the row. */
  id: string;
}

/** A violation that leaves something out. */
interface Exclusion extends Violation {
  breach: Breach & { mode: Discard['mode'] };
}

/**
 * Plans a page, and leaves out the rows and values that contracts discard until nothing is left
 * that they do. Pure. A page whose contracts allow everything is planned once.
 *
 * A contract that freezes counts before one that discards the row, as in dlt, except below a row
 * that is discarded.
 *
 * @param quarantine whether discarded rows and values are printed
 */
export function planAllowed(
  known: KnownTables,
  flat: Flat,
  ofRun: SchemaContract | undefined,
  quarantine: boolean,
): AllowedPlan {
  const discards: Discard[] = [];
  const quarantined: QuarantinedRow[] = [];
  const changes: SchemaChange[] = [];
  let before = known;
  for (let page = flat; ;) {
    const plan = planPage(before, page, ofRun, page !== flat);
    const exclusions = plan.violations.filter(isExclusion);
    if (exclusions.length === 0) {
      const all = changes.length === 0 ? plan : { ...plan, changes: [...changes, ...plan.changes] };
      return { plan: all, discards, quarantined };
    }
    const found = reasonsOf(page, exclusions);
    // The first row of a new table is left out with the row above it: which columns it may have,
    // the first row of what is left says.
    const open = new Set(
      plan.violations.flatMap(({ table, breach }) =>
        breach !== undefined &&
        (ownMember(before.schema, table)?.columns.length ?? 0) === 0 &&
        found.of(breach.list, 0)?.isBelow === true
          ? [pathsKey(breach.list)]
          : [],
      ),
    );
    const isOpen = (list: FlatTable['path']): boolean => open.has(pathsKey(list));
    const decided = exclusions.filter(({ breach }) => !isOpen(breach.list));
    const reasons = decided.length === exclusions.length ? found : reasonsOf(page, decided);
    const frozen = plan.violations.filter(
      ({ breach }) =>
        breach?.mode === 'freeze' &&
        !isOpen(breach.list) &&
        breach.rows.some((row) => reasons.of(breach.list, row)?.isBelow !== true),
    );
    if (frozen.length > 0)
      return { plan: { ...plan, violations: frozen }, discards: [], quarantined: [] };
    discards.push(...reasons.discards);
    if (quarantine) quarantined.push(...reasons.quarantined());
    const added = columnsOfDiscarded(before, page, ofRun, {
      exclusions: decided,
      reasonOf: (list, row) => reasons.of(list, row),
      isOpen,
    });
    if (added !== null) {
      before = added.known;
      changes.push(...added.changes);
    }
    page = reasons.rest();
  }
}

function isExclusion(violation: Violation): violation is Exclusion {
  return violation.breach !== undefined && violation.breach.mode !== 'freeze';
}

/** Why a row is left out; `isBelow`: because a row above it is. */
interface Reason {
  exclusion: Exclusion;
  isBelow: boolean;
}

/** What is left out of a page, and for which reasons. */
interface Reasons {
  of(list: FlatTable['path'], row: number): Reason | undefined;
  discards: Discard[];
  quarantined(): QuarantinedRow[];
  rest(): Flat;
}

function reasonsOf(flat: Flat, exclusions: readonly Exclusion[]): Reasons {
  const ofRows = exclusions.filter(({ breach: { entity, mode } }) => takesRows(entity, mode));
  const ofValues = exclusions.filter((one) => !ofRows.includes(one));
  const byList = new Map<string, Map<number, Reason>>();
  for (const table of flat.tables) byList.set(pathsKey(table.path), rowsOut(table, ofRows, byList));
  const of = (list: FlatTable['path'], row: number): Reason | undefined =>
    byList.get(pathsKey(list))?.get(row);
  const keptRows = ({ list, rows }: Breach): number[] =>
    rows.filter((row) => of(list, row) === undefined);
  return {
    of,
    discards: [
      ...flat.tables.flatMap((table) => rowDiscards(table, byList.get(pathsKey(table.path)))),
      ...ofValues.flatMap((one): Discard[] => {
        const values = keptRows(one.breach).length;
        return values === 0 ? [] : [discardOf(one, one.table, { rows: 0, values })];
      }),
    ],
    quarantined: () => [
      ...quarantinedRows(flat, byList),
      ...quarantinedValues(flat, ofValues, keptRows),
    ],
    rest() {
      const tables = flat.tables.map((table) =>
        ofValues
          .filter(({ breach }) => breach.list === table.path)
          .reduce(
            (rest, { breach }) => dropValues(rest, breach.column as FlatColumn, breach.rows),
            table,
          ),
      );
      const rest = { ...flat, tables };
      return ofRows.length === 0
        ? rest
        : dropRows(rest, ({ path }, row) => of(path, row) !== undefined);
    },
  };
}

/** Of a new table no row is kept without its values. */
function takesRows(entity: Breach['entity'], mode: Breach['mode']): boolean {
  return mode === 'discard_row' || entity === 'tables';
}

/** Returns the rows of a table that are left out; tables come parents first. */
function rowsOut(
  { path, rows, parentRow }: FlatTable,
  exclusions: readonly Exclusion[],
  byList: ReadonlyMap<string, ReadonlyMap<number, Reason>>,
): Map<number, Reason> {
  const out = new Map<number, Reason>();
  const above = parentRow === null ? undefined : byList.get(pathsKey(path.slice(0, -1)));
  if (above !== undefined && above.size > 0)
    for (let row = 0; row < rows; row += 1) {
      const reason = above.get(parentRow?.[row] as number);
      if (reason !== undefined) out.set(row, { ...reason, isBelow: true });
    }
  for (const exclusion of exclusions.filter(({ breach }) => breach.list === path))
    for (const row of exclusion.breach.rows)
      if (!out.has(row)) out.set(row, { exclusion, isBelow: false });
  return out;
}

function rowDiscards({ name }: FlatTable, out: Map<number, Reason> | undefined): Discard[] {
  const counts = new Map<string, { reason: Reason; rows: number }>();
  for (const reason of out?.values() ?? []) {
    const key = JSON.stringify([
      reason.isBelow,
      reason.exclusion.table,
      reason.exclusion.column,
      reason.exclusion.breach.entity,
    ]);
    const count = counts.get(key) ?? { reason, rows: 0 };
    counts.set(key, { reason, rows: count.rows + 1 });
  }
  return [...counts.values()].map(({ reason: { exclusion, isBelow }, rows }) =>
    discardOf(exclusion, isBelow ? name : exclusion.table, { rows, values: 0 }),
  );
}

function discardOf(
  { table, column, message, breach: { entity, mode } }: Exclusion,
  of: string,
  counts: Pick<Discard, 'rows' | 'values'>,
): Discard {
  return { table: of, column: of === table ? column : null, entity, mode, ...counts, message };
}

function quarantinedRows(
  flat: Flat,
  byList: ReadonlyMap<string, ReadonlyMap<number, Reason>>,
): QuarantinedRow[] {
  const printer = rowPrinter(flat);
  return flat.tables.flatMap((table) => {
    const id = idReader(table);
    return [...(byList.get(pathsKey(table.path)) ?? [])]
      .filter(([, { isBelow }]) => !isBelow)
      .map(([row, { exclusion }]) => kept(exclusion, printer.row(table, row), id(row)));
  });
}

/** Values are together by row. */
function quarantinedValues(
  flat: Flat,
  exclusions: readonly Exclusion[],
  rowsOf: (breach: Breach) => number[],
): QuarantinedRow[] {
  const printer = rowPrinter(flat);
  return flat.tables.flatMap((table) => {
    const byRow = new Map<number, Exclusion[]>();
    for (const exclusion of exclusions.filter(({ breach }) => breach.list === table.path))
      for (const row of rowsOf(exclusion.breach))
        byRow.set(row, [...(byRow.get(row) ?? []), exclusion]);
    const id = idReader(table);
    return [...byRow].map(([row, [first, ...more]]) => {
      const all = [first as Exclusion, ...more];
      const columns = all.map(({ breach }) => breach.column as FlatColumn);
      return kept(first as Exclusion, printer.values(columns, row), id(row));
    });
  });
}

function kept(
  { table, column, message, breach: { entity, mode } }: Exclusion,
  data: string,
  id: string,
): QuarantinedRow {
  return { table, column, entity, mode, message, data, id };
}

function idReader({ columns }: FlatTable): (row: number) => string {
  const ids = columns.find(({ system, name }) => system && name === '_dlt_id');
  const [lane] = ids?.lanes ?? [];
  if (lane === undefined) return () => '';
  const read = laneReader(lane, null);
  return (row) => read(row) as string;
}
