import { defer, finalize, map, merge, type Observable } from 'rxjs';
import { cursorValue } from '../../../operators/columns/cursor-lane.js';
import type { CursorRules } from '../../../operators/cursor/cursor-config.js';
import { pageOfRows } from '../../../operators/cursor/cursor-page.js';
import { CursorProgress } from '../../../operators/cursor/cursor-progress.js';
import { printJson } from '../../../operators/json/print-json.js';
import { fieldReader } from '../../../operators/json/read-fields.js';
import { rowObjects } from '../../../operators/json/row-objects.js';
import { valueAt } from '../../../operators/json/value-at.js';
import { processed } from '../../../operators/process-rows.js';
import type { Compat, Json, JsonObject, Page } from '../../../operators/types.js';
import { cursorOf } from '../../run/cursor-of.js';
import type { Gate } from '../../run/gate.js';
import { keptCursor } from '../../run/kept-cursor.js';
import type { RunContext, SourceEvent } from '../../run/source.js';
import { digest } from '../digest.js';
import { memberPaths } from '../pages/path-watch.js';
import type { FieldWatch } from './field-watch.js';
import { groupRows } from './group-rows.js';
import {
  listKey,
  type ParentContext,
  type ParentRow,
  type ParentRows,
  pickFields,
  ROOT,
} from './parent-context.js';
import { unusable } from './placeholders.js';
import type { ParentField, ResolvedResource } from './resolve-resources.js';

interface ParentStream {
  pages: Observable<{ page: Page; context: ParentContext; response: symbol }>;
  /** Counts the rows that wait for the child. */
  waiting: Gate;
}

/**
 * Gives the rows of a child's parents, with all fields that the child and everything below it need.
 * With `groupSize` they come in groups. The rows of several parents are joined, each with each that
 * is below the same rows.
 */
export function parentRows(
  child: ResolvedResource,
  all: readonly ResolvedResource[],
  streamOf: (parent: string) => ParentStream,
  run: Pick<RunContext, 'observe' | 'state' | 'compat' | 'naming'>,
  watch: FieldWatch,
): ParentRows {
  const { observe, compat = 'sluice' } = run;
  const streams = child.parents.map((parent) => {
    const { pages, waiting } = streamOf(parent);
    const resource = all.find((one) => one.resource.name === parent) as ResolvedResource;
    return withFields(
      child,
      contextsOf(child, resource, fieldsOf(parent, child, all), pages, waiting, {
        ...run,
        watch,
        compat,
      }),
      observe,
      watch,
      compat,
    );
  });
  const [only] = streams;
  return groupRows(child, streams.length === 1 ? (only as ParentRows) : joinParents(streams));
}

/** Fields of `parent`'s rows that `child` or anything below it takes. */
function fieldsOf(
  parent: string,
  child: ResolvedResource,
  all: readonly ResolvedResource[],
): string[] {
  const isBelow = (one: ResolvedResource): boolean =>
    one === child ||
    one.parents.some((above) =>
      isBelow(all.find(({ resource }) => resource.name === above) as ResolvedResource),
    );
  const needed = all
    .filter(isBelow)
    .flatMap(({ fields, parentFields }) => [...fields, ...Object.values(parentFields)]);
  return [...new Set(needed.filter((one) => one.parent === parent).map(({ field }) => field))];
}

/**
 * Gives the rows of a parent's pages after its processing steps, as dlt does. Each row counts as
 * waiting until the child begins with it.
 */
function contextsOf(
  child: ResolvedResource,
  { resource }: ResolvedResource,
  fields: readonly string[],
  pages: ParentStream['pages'],
  waiting: Gate,
  {
    watch,
    compat,
    ...run
  }: Pick<RunContext, 'state' | 'naming'> & {
    watch: FieldWatch;
    compat: Compat;
  },
): ParentRows {
  const steps = resource.processingSteps;
  const cursor = cursorOf(resource);
  const own = child.fields.filter(({ parent }) => parent === resource.name);
  return defer(() => {
    const reader = fieldReader(fields, resource.limits);
    const newRows =
      cursor === null ? (rows: JsonObject[]) => rows : keepNew({ ...cursor, compat }, run);
    const rowsOf = (page: Page): JsonObject[] => {
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
    const note = (row: JsonObject, names: () => string[]): void => {
      for (const field of fields) watch.note(resource.name, field, valueAt(row, [field]), names);
    };
    // Made one by one as they are taken: a page may have a hundred thousand rows.
    function* contexts(
      rows: readonly JsonObject[],
      { rows: above, origins, keys }: ParentContext,
      response: symbol,
    ): Generator<ParentRow> {
      for (const [number, row] of rows.entries())
        yield {
          context: {
            rows: { ...above, [resource.name]: row },
            origins: { ...origins, [resource.name]: { response, row: number } },
            keys: [...keys, keyOf(row)],
          },
          release: () => waiting.release(1),
        };
    }
    const keyOf = (row: JsonObject): JsonObject =>
      Object.fromEntries(
        own.map(({ field, isSecret }) => [
          field,
          isSecret ? fingerprint(valueAt(row, [field])) : (valueAt(row, [field]) ?? null),
        ]),
      );
    return pages.pipe(
      map(({ page, context, response }) => {
        const rows = rowsOf(page).map((row) => withInherited(row, page.stamp, fields));
        waiting.add(rows.length);
        return contexts(rows, context, response);
      }),
      finalize(() => reader.close()),
    );
  });
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

/**
 * Keeps the rows that have all fields which the child's requests need: not null, and no empty text.
 * `missingParent` decides whether others are skipped or an error. With dlt's rules a field that is
 * not there is an error, and null and empty text are values.
 */
function withFields(
  {
    resource: { name },
    endpoint: { missingParent = 'skip' },
    fields,
    parentFields,
  }: ResolvedResource,
  rows: ParentRows,
  observe: (event: SourceEvent) => void,
  watch: FieldWatch,
  compat: Compat,
): ParentRows {
  const included = Object.values(parentFields);
  const isStrict = missingParent === 'fail' || compat === 'dlt';
  function* whole(page: Iterable<ParentRow>): Generator<ParentRow> {
    for (const row of page) {
      const { rows: above, keys } = row.context;
      const missing = fields.find(
        ({ parent, field }) =>
          isLacking(above, { parent, field }) ||
          (compat === 'sluice' &&
            above[parent] !== undefined &&
            (valueAt(above, [parent, field]) ?? '') === ''),
      );
      if (isStrict)
        refuseLacking(name, missing ?? included.find((one) => isLacking(above, one)), watch);
      if (missing === undefined) {
        yield row;
        continue;
      }
      const { parent, field } = missing;
      row.release();
      observe({
        kind: 'skip',
        resource: name,
        parent: listKey(keys),
        index: 0,
        status: null,
        reason: 'missing-parent',
        field: `${parent}.${field}`,
      });
    }
  }
  return rows.pipe(map(whole));
}

function isLacking(above: ParentContext['rows'], { parent, field }: ParentField): boolean {
  return above[parent] !== undefined && valueAt(above, [parent, field]) === undefined;
}

/** ConfigError for a field that a row lacks, with the fields that it has. */
function refuseLacking(resource: string, field: ParentField | undefined, watch: FieldWatch): void {
  if (field === undefined) return;
  const names = watch.namesBeside(field.parent, field.field);
  throw unusable(resource, { from: 'resources', ...field }, 'no value', names);
}

/**
 * Joins each row of one parent with each row of the others that is below the same rows, as they
 * come. Pages are taken one after another, so `seen` does not grow while its rows are read.
 */
function joinParents(streams: readonly ParentRows[]): ParentRows {
  return defer(() => {
    const seen: ParentContext[][] = streams.map(() => []);
    function* pairs(page: Iterable<ParentRow>, at: number): Generator<ParentRow> {
      for (const { context, release } of page) {
        seen[at]?.push(context);
        const others = seen.map((all, i) => (i === at ? [context] : all));
        for (const whole of products(others, ROOT))
          yield { context: whole, release: () => undefined };
        // Its parent would run ahead of its pairs if it was released before.
        release();
      }
    }
    return merge(...streams.map((stream, at) => stream.pipe(map((page) => pairs(page, at)))));
  });
}

/** Every combination of one context of each list, as far as they are below the same rows. */
function* products(
  [first, ...rest]: readonly (readonly ParentContext[])[],
  whole: ParentContext,
): Generator<ParentContext> {
  if (first === undefined) yield whole;
  for (const one of first ?? [])
    for (const next of mergeContexts(whole, one)) yield* products(rest, next);
}

/**
 * What stands for a secret value in the name of a list, which is seen in errors, events and the
 * database.
 */
function fingerprint(value: Json | undefined): string {
  return `sha256:${digest(printJson(value ?? null), 16)}`;
}

/** Two contexts as one; none where they are below different rows of a resource. */
function mergeContexts(a: ParentContext, b: ParentContext): ParentContext[] {
  const apart = Object.entries(a.origins).some(([name, { response, row }]) => {
    const other = b.origins[name];
    return other !== undefined && (other.response !== response || other.row !== row);
  });
  return apart
    ? []
    : [
        {
          rows: { ...a.rows, ...b.rows },
          origins: { ...a.origins, ...b.origins },
          keys: [...a.keys, ...b.keys],
        },
      ];
}
