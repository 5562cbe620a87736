import { cursorValue } from '../../../operators/columns/cursor-lane.js';
import type { CursorRules } from '../../../operators/cursor/cursor-config.js';
import { pageOfRows } from '../../../operators/cursor/cursor-page.js';
import { CursorProgress } from '../../../operators/cursor/cursor-progress.js';
import { fieldReader } from '../../../operators/json/read-fields.js';
import { rowObjects } from '../../../operators/json/row-objects.js';
import { valueAt } from '../../../operators/json/value-at.js';
import { processed } from '../../../operators/process-rows.js';
import type { JsonObject, Page } from '../../../operators/types.js';
import { cursorOf } from '../../run/cursor-of.js';
import { keptCursor } from '../../run/kept-cursor.js';
import type { RunContext } from '../../run/source.js';
import { memberPaths } from '../pages/path-watch.js';
import type { FieldWatch } from './field-watch.js';
import { pickFields } from './parent-context.js';
import type { ResolvedResource } from './resolve-resources.js';

/** Reads the rows of one resource for the requests of those below it. */
export interface ParentReader {
  /**
   * What the resources below need of the rows of a page, after its processing steps, as dlt does:
   * one object a row, with what is there under the path of its field.
   */
  rowsOf(page: Page): JsonObject[];
  close(): void;
}

/** @param fields paths of all fields that anything below needs */
export function parentReader(
  { resource }: ResolvedResource,
  fields: readonly string[],
  run: Pick<RunContext, 'state' | 'naming' | 'compat'>,
  watch: FieldWatch,
): ParentReader {
  const { compat = 'sluice' } = run;
  const steps = resource.processingSteps;
  const cursor = cursorOf(resource);
  const reader = fieldReader(fields, resource.limits);
  const newRows =
    cursor === null ? (rows: JsonObject[]) => rows : keepNew({ ...cursor, compat }, run);
  const note = (row: JsonObject, names: () => string[]): void => {
    for (const field of fields) watch.note(resource.name, field, valueAt(row, [field]), names);
  };
  const ownRows = (page: Page): JsonObject[] => {
    const inherited = page.stamp ?? {};
    const isWhole = steps === undefined && cursor === null;
    const quick = isWhole ? reader.readExact(page.body, page.rows) : null;
    // The reader leaves nulls out; where anything is missing, the whole rows tell a null from a
    // field that is not there.
    if (
      quick?.every((row) =>
        fields.every((field) => Object.hasOwn(row, field) || Object.hasOwn(inherited, field)),
      ) === true
    ) {
      const [first] = quick;
      if (first !== undefined) note(withInherited(first, page.stamp, fields), () => []);
      return quick;
    }
    const whole = rowObjects({ body: page.body, span: page.rows }).flatMap((row, i) =>
      processed(row, steps ?? [], page, i),
    );
    return newRows(whole, page).map((each) => {
      const own = pickFields(each, fields);
      note(withInherited(own, page.stamp, fields), () => [
        ...memberPaths(each),
        ...Object.keys(inherited),
      ]);
      return own;
    });
  };
  return {
    rowsOf: (page) => ownRows(page).map((row) => withInherited(row, page.stamp, fields)),
    close: () => reader.close(),
  };
}

/**
 * Keeps the rows of pages that no earlier run had: nothing is requested for the others, as in dlt.
 */
function keepNew(
  config: CursorRules,
  { state, naming }: Pick<RunContext, 'state' | 'naming'>,
): (rows: JsonObject[], page: Page) => JsonObject[] {
  const lists = new Map<string | null, CursorProgress>();
  return (rows, page) => {
    const { resource, parent, stamp } = page;
    const progress =
      lists.get(parent) ??
      new CursorProgress(config, keptCursor(state(resource, parent)), resource);
    lists.set(parent, progress);
    const whole = stamp === null ? rows : rows.map((row) => ({ ...row, ...stamp }));
    const values = whole.map((row) => cursorValue(row, config.cursorPath));
    const { rows: kept } = progress.take(pageOfRows(page, values, config, () => whole, naming));
    return kept.map((row) => rows[row] as JsonObject);
  };
}

/**
 * A row with the fields that it got from its own parent, so that children can take them too. A
 * value of the row's own comes before them.
 */
function withInherited(
  row: JsonObject,
  inherited: Page['stamp'],
  fields: readonly string[],
): JsonObject {
  if (inherited === null) return row;
  return {
    ...row,
    ...Object.fromEntries(
      Object.entries(inherited).filter(
        ([name]) => fields.includes(name) && (row[name] === undefined || row[name] === null),
      ),
    ),
  };
}
