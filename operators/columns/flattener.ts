import { isSluiceError, JsonError, LimitError } from '../errors.js';
import { joinFields } from '../json/join-fields.js';
import { printJson, printMember } from '../json/print-json.js';
import { rowObjects, rowsFromTexts } from '../json/row-objects.js';
import { conventionOf } from '../schema/convention.js';
import { besideName } from '../schema/names.js';
import { rootTableName } from '../schema/root-table-name.js';
import {
  hintedKeys,
  keepsRootIds as keepsIdsBelow,
  tableHints,
  withColumnNames,
} from '../schema/table-hints.js';
import { placeOf, withPlace } from '../settings/with-place.js';
import type {
  ColumnHint,
  DeclaredHints,
  Compat,
  Flat,
  FlatTable,
  JsonObject,
  NamingConvention,
  NestedHints,
  Page,
  Rows,
  SchemaContract,
  WriteDispositionHint,
} from '../types.js';
import { withChildIds } from './child-ids.js';
import { cursorLane } from './cursor-lane.js';
import { withDltNames } from './dlt-names.js';
import { dltRows } from './dlt-rows.js';
import { dataColumns, systemColumns } from './flat-columns.js';
import { hashedIds, type MakeIds } from './hashed-ids.js';
import { type HintKeys, hintKeys } from './hint-keys.js';
import type { KeyMode } from './kernel.js';
import { keyMode } from './key-mode.js';
import { type Limits, limitsOf } from './limits.js';
import { listKeys } from './list-keys.js';
import { nestedTables } from './nested-hints.js';
import { withOwnIds } from './own-ids.js';
import { withRootsBetween } from './root-ids-below.js';
import { rowOrder } from './row-order.js';
import { sharedNames } from './shared-names.js';
import type { SpareMemory } from './spare-memory.js';
import { openShape, type Shape, type WalkedTable } from './walk.js';

/**
 * The root table of a resource's rows, and what is declared of it. Only `table` is needed.
 * ConfigError when `flatten` is called for an option that is missing, unknown, of another kind or
 * out of range.
 */
export interface FlattenConfig {
  /** Name of the root table; normalized. */
  table: string;
  /** Resource that the rows belong to. @default the table's name */
  resource?: string;
  /** @default 'append' */
  writeDisposition?: WriteDispositionHint;
  /**
   * Key or keys that identify a row, nested ones joined by `__`; a name that is no key of the rows
   * names the column that it normalizes to. @default none
   */
  primaryKey?: string | readonly string[];
  /**
   * Key or keys, named as in `primaryKey`, that a merging load finds rows by beside the primary
   * key: of all rows with a value of the load those of the load stay. @default none
   */
  mergeKey?: string | readonly string[];
  /**
   * Hints by raw key of the root table's rows, nested keys joined by `__`; a name that is no key of
   * the rows names the column that it normalizes to. @default none
   */
  columns?: Readonly<Record<string, ColumnHint>>;
  /**
   * Hints of child tables by their list: its raw keys from the root table on, joined by `__`
   * (`items`, `items__parts`), or what these normalize to. @default none
   */
  nestedHints?: Readonly<Record<string, NestedHints>>;
  /**
   * Levels of nesting that are flattened; deeper values stay JSON text (dlt's
   * max_table_nesting). @default 1000
   */
  maxTableNesting?: number;
  /**
   * Gives every row of a child table the id of its root row as `_dlt_root_id`; tables that merge
   * have it anyway. @default false
   */
  rootKey?: boolean;
  /** Whose rules name tables and columns. @default 'sluice' */
  compat?: Compat;
  /**
   * How keys are named; in names that are given as joined by `__`, `direct` has `▶` in its place.
   * @default 'snake_case'
   */
  naming?: NamingConvention;
  /**
   * What becomes of data for which the tables have no place once they are there; also of the child
   * tables. @default 'evolve'
   */
  schemaContract?: SchemaContract;
  /**
   * Path in each row to the value that `incremental` goes by; it need not be a column. @default
   * none
   */
  cursorPath?: string;
  /**
   * Called when the rows are at their end and some hints of `columns` were about no key of any row:
   * these names, and keys that there were; once more for each child table, whose names are behind
   * its own. @default nothing
   */
  onUnmatchedHints?: (names: readonly string[], keys: readonly string[]) => void;
  /** @default 1,000 tables, 10,000 columns a table, 1,000 levels, 1 GiB */
  limits?: Partial<Limits>;
  /** Called with findings on a page that a user should know. @default none */
  observe?: (met: FlattenEvent) => void;
}

/** An event of `flatten` about a page. */
export type FlattenEvent =
  /** Elements of its list are null: they are no rows. */
  | { kind: 'null-rows'; page: Page; rows: number }
  /**
   * Rows have a value of their own where a field of the parent or the map's key was to go: theirs
   * stays, the other is kept as `beside`. Null: theirs is written over, by dlt's rules. Once for
   * each field.
   */
  | { kind: 'overlap'; page: Page; field: string; beside: string | null };

/** Turns the rows of one resource into columns, page after page. */
export interface Flattener {
  flatten(rows: Rows): Flat;
  /** Calls `onUnmatchedHints` where there are any. */
  end(): void;
  close(): void;
}

const encoder = new TextEncoder();

/** Makes what `flatten` runs on each page. It holds a place in the kernel until it is closed. */
export function flattener(config: FlattenConfig, memory?: SpareMemory): Flattener {
  const { naming } = config;
  const convention = conventionOf(naming);
  const { separator, plain } = convention;
  const table = rootTableName(config.table, '`table` of flatten()', naming);
  const root = rootHints(config.resource ?? table, config);
  const nesting = config.maxTableNesting ?? 1_000;
  const { compat = 'sluice' } = config;
  const isDlt = compat === 'dlt';
  const normalized = new Map<DeclaredHints, DeclaredHints>();
  /** The same hints with the names that dlt gives to keys; one object for one. */
  function byName(hints: DeclaredHints): DeclaredHints {
    const named = normalized.get(hints) ?? { ...hints, ...withColumnNames(hints, convention.path) };
    normalized.set(hints, named);
    return named;
  }
  const keepsRootIds = config.rootKey === true || keepsIdsBelow(root);
  const { resource, writeDisposition } = root;
  const { schemaContract } = root;
  const below: DeclaredHints = {
    resource,
    writeDisposition,
    primaryKey: [],
    columns: {},
    ...(schemaContract !== undefined && { schemaContract }),
    ...(root.naming && { naming: root.naming }),
  };
  const names = new Map<string, string>();
  const hashed = hashedIds(root, limitsOf(config.limits));
  const hinted = hintKeys(root.columns, hintedKeys(root), naming, compat);
  const cursor = config.cursorPath === undefined ? null : cursorLane(config.cursorPath);
  const nested = nestedTables(config.nestedHints ?? {}, below, compat);
  const all = [hinted, ...nested.all.map(({ keys }) => keys)];
  type Table = readonly (readonly string[])[];
  const hintsAt = (table: Table): { hints: DeclaredHints; keys: HintKeys } | null =>
    table.length === 0 ? { hints: root, keys: hinted } : nested.at(table);
  const modeOf = (
    table: Table,
    path: readonly string[],
    isElement: boolean,
    hint = hintsAt(table)?.keys.hintOf(path) ?? null,
  ): KeyMode => {
    const own = hint === null ? undefined : hintsAt(table)?.hints.columns[hint];
    return keyMode(own, nesting, { table, path, isElement }, compat);
  };
  const shared = sharedNames(modeOf, convention.path);
  const open = (): Shape =>
    openShape(
      (table, path, row, isElement) => {
        // Whether rows are no objects is not known yet where their key is asked for.
        const isAhead = isElement && table.length === 0;
        const hint = isAhead ? undefined : (hintsAt(table)?.keys.meet(path, row) ?? null);
        const mode = modeOf(table, path, isElement, hint);
        if (isDlt) shared.meet(table, path);
        return cursor === null || table.length > 0 ? mode : cursor.modeOf(path, mode);
      },
      {
        rootIds: keepsRootIds,
        ...(config.limits && { limits: config.limits }),
        ...(memory && { memory }),
      },
    );
  let shape = open();
  let stamped: { of: Page['stamp']; bytes: Uint8Array | null } = { of: null, bytes: null };

  function nameOfTable(path: WalkedTable['path']): string {
    const key = JSON.stringify(path);
    const name =
      names.get(key) ??
      [table, ...path.flatMap(listKeys).map((key) => plain([key]))].join(separator);
    names.set(key, name);
    return name;
  }

  /**
   * Walks again where keys of the page claim one name in the hints, which is rare and happens once
   * per key.
   */
  function walk(...page: Parameters<Shape['walk']>): WalkedTable[] {
    for (const keys of all) keys.begin();
    const walked = shape.walk(...page);
    for (const { scalars, path, firstRow } of walked[0]?.columns ?? [])
      if (scalars) hinted.meet(path, firstRow);
    if (!all.map((keys) => keys.settle()).includes(true)) return walked;
    reopen();
    return shape.walk(...page);
  }
  /**
   * Opens the walk again: it calls `decide` once for each key, so a changed decision needs a new
   * walk.
   */
  function reopen(): void {
    const before = shape;
    shape = open();
    before.close();
  }

  function withIds(walked: WalkedTable[], make: MakeIds | null): WalkedTable[] {
    const tables = withOwnIds(walked, make, convention);
    // Rows whose ids are the same in each load are to have the same rows below them.
    if (!isDlt && tables === walked) return tables;
    return withChildIds(
      tables,
      nameOfTable,
      (table) =>
        nested.at(table.path)?.isRoot === true || !walked.some(({ ids }) => ids === table.ids),
    );
  }

  const reported = new Set<string>();
  function reportOverlaps(page: Page, span: Rows['span'], { columns }: WalkedTable): void {
    const fields = [
      ...Object.keys(page.stamp ?? {}),
      ...(span.kind === 'map' ? [span.key ?? '_key'] : []),
    ];
    for (const field of fields) {
      const beside = besideName(field);
      if (reported.has(field) || !columns.some(({ path }) => path[0] === beside)) continue;
      reported.add(field);
      config.observe?.({ kind: 'overlap', page, field, beside });
    }
  }

  function reportOverwritten(page: Page, rows: Pick<Rows, 'body' | 'span'>): void {
    const stamp = page.stamp ?? {};
    const fields = Object.keys(stamp).filter((field) => !reported.has(field));
    const objects = fields.length === 0 ? [] : rowObjects(rows);
    const isOther = (row: JsonObject, field: string): boolean =>
      (row[field] ?? null) !== null && printMember(row, field) !== printMember(stamp, field);
    for (const field of fields.filter((one) => objects.some((row) => isOther(row, one)))) {
      reported.add(field);
      config.observe?.({ kind: 'overlap', page, field, beside: null });
    }
  }

  return {
    flatten({ page, body, span }) {
      if (stamped.of !== page.stamp)
        stamped = {
          of: page.stamp,
          bytes: page.stamp === null ? null : encoder.encode(printJson(page.stamp)),
        };
      let walked: WalkedTable[];
      let from: Pick<Rows, 'body' | 'span'> = { body, span };
      let sent: Rows = { page, body, span };
      try {
        walked = walk(body, span, stamped.bytes);
        const { nullRows, overlaps } = shape.met;
        if (isDlt && (nullRows > 0 || overlaps || shared.isMet)) {
          if (overlaps) reportOverwritten(page, from);
          // dlt's incremental drops nulls.
          const objects = dltRows(page, from, cursor === null);
          if (nullRows > 0 || overlaps) sent = rowsFromTexts(page, objects.map(printJson));
          from = rowsFromTexts(page, shared.merged(objects));
          walked = walk(from.body, from.span, null);
        }
        if (nullRows > 0 && (!isDlt || cursor !== null))
          config.observe?.({ kind: 'null-rows', page, rows: nullRows });
        if (overlaps && !isDlt) {
          from = joinFields(page, from);
          walked = walk(from.body, from.span, null);
          reportOverlaps(page, span, walked[0] as WalkedTable);
        }
      } catch (error) {
        throw withPage(page, error);
      }
      const keys = hinted.keep(walked[0] as WalkedTable);
      const make = hashed?.(sent, keys) ?? null;
      const flat = withRootsBetween(withIds(walked, make), nested.at, keepsRootIds).map(
        (table): FlatTable => {
          const { path, rows, parentRow } = table;
          const isRoot = path.length === 0;
          const own = isRoot ? null : nested.at(path);
          const ownKeys = isRoot ? keys : (own?.keys.keep(table) ?? []);
          const hints = isRoot ? root : (own?.hints ?? below);
          return {
            name: nameOfTable(path),
            parent: isRoot || own?.isRoot === true ? null : nameOfTable(path.slice(0, -1)),
            hints: isDlt ? byName(hints) : hints,
            keys: isDlt ? ownKeys.map(() => null) : ownKeys,
            path,
            rows,
            parentRow,
            columns: [
              ...dataColumns(table, isRoot ? hinted : (own?.keys ?? null), convention).filter(
                (column) => path.length > 0 || cursor?.isHidden(column.path ?? []) !== true,
              ),
              ...systemColumns(table),
            ],
          };
        },
      );
      let objects: JsonObject[] | undefined;
      const rows = (): JsonObject[] =>
        (objects ??= rowObjects(page.stamp === null ? from : joinFields(page, from)));
      const ordered = flat.map((own) => ({ ...own, isBefore: rowOrder(own, flat, rows) }));
      const tables = isDlt ? withDltNames(ordered) : ordered;
      if (cursor === null) return { page, tables };
      return {
        page,
        tables,
        cursor: { ...cursor.valuesOf(walked[0] as WalkedTable, from), ...from },
      };
    },
    end() {
      const { names: unmatched, keys } = hinted.unmatched();
      if (unmatched.length > 0 && keys.length > 0) config.onUnmatchedHints?.(unmatched, keys);
      for (const { name, keys: own } of nested.all) {
        const found = own.unmatched();
        const inTable = (key: string): string => `${name}${separator}${key}`;
        if (found.names.length > 0 && found.keys.length > 0)
          config.onUnmatchedHints?.(found.names.map(inTable), found.keys.map(inTable));
      }
    },
    close: () => shape.close(),
  };
}

/** A merge key has a value in every row by dlt's rules, also where nothing is merged. */
function rootHints(resource: string, config: FlattenConfig): DeclaredHints {
  const root = tableHints(resource, config);
  if (config.compat !== 'dlt' || root.writeDisposition === 'merge') return root;
  const required = [config.mergeKey ?? []]
    .flat()
    .map((key): [string, ColumnHint] => [key, { nullable: false, ...root.columns[key] }]);
  return required.length === 0
    ? root
    : { ...root, columns: { ...root.columns, ...Object.fromEntries(required) } };
}

/** Returns the same error with the resource and the page in front. */
function withPage({ resource, index, parent }: Page, error: unknown): unknown {
  if (!isSluiceError(error)) return error;
  const where = placeOf(resource, parent, index);
  return error instanceof JsonError || error instanceof LimitError
    ? withPlace(where, error)
    : error;
}
