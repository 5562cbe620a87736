import { isSluiceError, JsonError, LimitError } from '../errors.js';
import { joinFields } from '../json/join-fields.js';
import { printJson } from '../json/print-json.js';
import { rowObjects, rowsFromTexts } from '../json/row-objects.js';
import { conventionOf } from '../schema/convention.js';
import { rootTableName } from '../schema/root-table-name.js';
import {
  hintedKeys,
  keepsRootIds as keepsIdsBelow,
  withColumnNames,
} from '../schema/table-hints.js';
import { markPlace } from '../settings/error-place.js';
import { placeOfPage, withRequest } from '../settings/page-place.js';
import { placeOf, withPlace } from '../settings/with-place.js';
import type { DeclaredHints, Flat, FlatTable, JsonObject, Page, Rows } from '../types.js';
import { withChildIds } from './child-ids.js';
import { cursorLane } from './cursor-lane.js';
import { withDltNames } from './dlt-names.js';
import { dltRows } from './dlt-rows.js';
import { dataColumns, systemColumns } from './flat-columns.js';
import { type FlattenConfig, rootHints } from './flatten-config.js';
import { hashedIds, type MakeIds } from './hashed-ids.js';
import { type HintKeys, hintKeys } from './hint-keys.js';
import type { KeyMode } from './kernel.js';
import { keyMode } from './key-mode.js';
import { limitsOf } from './limits.js';
import { listKeys } from './list-keys.js';
import { nestedTables } from './nested-hints.js';
import { overlapReports } from './overlap-reports.js';
import { withOwnIds } from './own-ids.js';
import { withRootsBetween } from './root-ids-below.js';
import { rowOrder } from './row-order.js';
import { sharedNames } from './shared-names.js';
import type { PagesTogether } from './small-pages.js';
import type { SpareMemory } from './spare-memory.js';
import { openShape, type Shape, type WalkedTable } from './walk.js';
import type { WalkedPage } from './walked-text.js';
import { withoutInfinities } from './without-infinities.js';

/** Turns the rows of one resource into columns, page after page. */
export interface Flattener {
  flatten(rows: Rows): Flat;
  /**
   * The same for several pages in order: small ones take less time together. One `Flat` with all of
   * them as `joined` where the result is that of one page with all the rows, else one for each.
   * `batch` keeps them together: all but the last one have `Page.continues`, and that one too where
   * more of them follow.
   */
  flattenTogether(together: PagesTogether): Iterable<Flat>;
  /** Calls `onUnmatchedHints` and `onUnmatchedLists` where there are any. */
  end(): void;
  close(): void;
}

const encoder = new TextEncoder();

/** Makes what `flatten` runs on each page. It holds a place in the kernel until it is closed. */
export function flattener(config: FlattenConfig, memory?: SpareMemory): Flattener {
  const { naming } = config;
  const convention = conventionOf(naming);
  const { separator, plain, join } = convention;
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
        nested.meet(table, isElement ? null : path);
        return cursor === null || table.length > 0 ? mode : cursor.modeOf(path, mode);
      },
      {
        rootIds: keepsRootIds,
        ...(config.limits && { limits: config.limits }),
        ...(memory && { memory }),
      },
    );
  const report = overlapReports(config.observe);
  let shape = open();
  let stamped: { of: Page['stamp']; bytes: Uint8Array | null } = { of: null, bytes: null };

  function nameOfTable(path: WalkedTable['path']): string {
    const key = JSON.stringify(path);
    const name =
      names.get(key) ?? join(table, ...path.flatMap(listKeys).map((key) => plain([key])));
    names.set(key, name);
    return name;
  }

  /**
   * Walks again where keys of the page claim one name in the hints, which is rare and happens once
   * per key.
   */
  function walk(pages: readonly WalkedPage[]): WalkedTable[] {
    for (const keys of all) keys.begin();
    const walked = walkAll(pages);
    for (const { scalars, path, firstRow } of walked[0]?.columns ?? [])
      if (scalars) hinted.meet(path, firstRow);
    if (nested.all.length > 0)
      for (const { path: table, columns } of walked)
        for (const { scalars, path } of columns) if (scalars) nested.meet(table, path);
    if (!all.map((keys) => keys.settle()).includes(true)) return walked;
    reopen();
    return walkAll(pages);
  }
  function walkAll(pages: readonly WalkedPage[]): WalkedTable[] {
    const [{ body, span, stamp }] = pages as readonly [WalkedPage];
    return pages.length === 1 ? shape.walk(body, span, stamp) : shape.walkTogether(pages);
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
    const tables = withOwnIds(walked, make, convention, isDlt);
    // Rows whose ids are the same in each load are to have the same rows below them.
    if (!isDlt && tables === walked) return tables;
    return withChildIds(
      tables,
      nameOfTable,
      (table) =>
        nested.at(table.path)?.isRoot === true || !walked.some(({ ids }) => ids === table.ids),
    );
  }

  function stampOf({ stamp }: Page): Uint8Array | null {
    if (stamped.of !== stamp)
      stamped = {
        of: stamp,
        bytes: stamp === null ? null : encoder.encode(printJson(stamp)),
      };
    return stamped.bytes;
  }

  function tablesOf(
    walked: WalkedTable[],
    keys: ReturnType<HintKeys['keep']>,
    make: MakeIds | null,
    rows: () => readonly JsonObject[],
  ): FlatTable[] {
    const flat = withRootsBetween(withIds(walked, make), nested.at, keepsRootIds).map(
      (table): FlatTable => {
        const { path, rows: count, parentRow } = table;
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
          rows: count,
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
    return flat.map((own) => ({ ...own, isBefore: rowOrder(own, flat, rows) }));
  }

  /** Null where a page has something that is reported or refused by itself. */
  function joined({ pages, continues }: PagesTogether): Flat | null {
    // A hash of a row is made from the text of its page.
    if (isDlt || cursor !== null || hashed !== null) return null;
    let walked: WalkedTable[];
    try {
      walked = walk(pages.map(({ page, body, span }) => ({ body, span, stamp: stampOf(page) })));
    } catch {
      return null;
    }
    if (shape.met.nullRows > 0 || shape.met.overlaps) return null;
    let objects: JsonObject[] | undefined;
    const rows = (): JsonObject[] => (objects ??= pages.flatMap(objectsOf));
    const tables = tablesOf(walked, hinted.keep(walked[0] as WalkedTable), null, rows);
    const { page } = pages.at(-1) as Rows;
    return {
      page: continues ? { ...page, continues } : page,
      tables,
      joined: {
        pages: pages.map((one) => one.page),
        apart: () => apart({ pages, continues }),
      },
    };
  }

  function* apart({ pages, continues }: PagesTogether): Generator<Flat> {
    for (const [i, one] of pages.entries()) {
      const isLast = i === pages.length - 1;
      const page = isLast && !continues ? one.page : { ...one.page, continues: true };
      yield flatten({ ...one, page });
    }
  }

  function flatten({ page, body, span }: Rows): Flat {
    const stamp = stampOf(page);
    let walked: WalkedTable[];
    let from: Pick<Rows, 'body' | 'span'> = { body, span };
    let sent: Rows = { page, body, span };
    try {
      walked = walk([{ body, span, stamp }]);
      const { nullRows, overlaps } = shape.met;
      if (isDlt && (nullRows > 0 || overlaps || shared.isMet)) {
        if (overlaps) report.overwritten(page, from);
        // dlt's incremental drops nulls.
        const objects = dltRows(page, from, cursor === null);
        if (nullRows > 0 || overlaps) sent = rowsFromTexts(page, objects.map(printJson));
        from = rowsFromTexts(page, shared.merged(objects));
        walked = walk([{ ...from, stamp: null }]);
      }
      if (nullRows > 0 && (!isDlt || cursor !== null))
        config.observe?.({ kind: 'null-rows', page, rows: nullRows });
      if (overlaps && !isDlt) {
        from = joinFields(page, from);
        walked = walk([{ ...from, stamp: null }]);
        report.kept(page, span, walked[0] as WalkedTable);
      }
    } catch (error) {
      throw withPage(page, error);
    }
    const keys = hinted.keep(walked[0] as WalkedTable);
    const make = hashed?.(sent, keys) ?? null;
    let objects: JsonObject[] | undefined;
    const rows = (): JsonObject[] => (objects ??= objectsOf({ page, ...from }));
    const ordered = tablesOf(walked, keys, make, rows);
    const tables = isDlt ? withDltNames(ordered.map(withoutInfinities)) : ordered;
    if (cursor === null) return { page, tables };
    return {
      page,
      tables,
      cursor: { ...cursor.valuesOf(walked[0] as WalkedTable, from), ...from },
    };
  }

  return {
    flatten,
    *flattenTogether(together) {
      const flat = together.pages.length === 1 ? null : joined(together);
      if (flat === null) yield* apart(together);
      else yield flat;
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
      const lists = nested.unmatched();
      if (lists.names.length > 0 && lists.keys.length > 0)
        config.onUnmatchedLists?.(lists.names, lists.keys);
    },
    close: () => shape.close(),
  };
}

/** The rows of a page as objects, with its stamp. */
function objectsOf(rows: Rows): JsonObject[] {
  return rowObjects(rows.page.stamp === null ? rows : joinFields(rows.page, rows));
}

/** Returns the same error with the resource and the page in front, and the request behind. */
function withPage(page: Page, error: unknown): unknown {
  if (!isSluiceError(error)) return error;
  const place = placeOfPage(page);
  if (!(error instanceof JsonError || error instanceof LimitError)) return markPlace(error, place);
  const where = placeOf(page.resource, page.parent, page.index);
  return markPlace(withPlace(where, error, withRequest(error.message, place.request)), place);
}
