import { defer, map, merge, type Observable } from 'rxjs';
import { printJson } from '../../../operators/json/print-json.js';
import { valueAt } from '../../../operators/json/value-at.js';
import type { Compat, Json, JsonObject } from '../../../operators/types.js';
import type { Gate } from '../../run/gate.js';
import type { ResumedRun, RunContext, SourceEvent } from '../../run/source.js';
import { digest } from '../digest.js';
import type { FieldWatch } from './field-watch.js';
import { groupRows } from './group-rows.js';
import {
  listKey,
  type ParentContext,
  type ParentRow,
  type ParentRows,
  ROOT,
} from './parent-context.js';
import type { ParentPage } from './parent-page.js';
import { unusable } from './placeholders.js';
import type { ParentField, ResolvedResource } from './resolve-resources.js';

interface ParentStream {
  pages: Observable<ParentPage>;
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
  streamOf: (parent: string) => ParentStream,
  run: Pick<RunContext, 'observe' | 'compat' | 'resumed'>,
  watch: FieldWatch,
): ParentRows {
  const { observe, compat = 'sluice', resumed } = run;
  const streams = child.parents.map((parent) =>
    withFields(child, contextsOf(child, parent, streamOf(parent)), observe, watch, compat),
  );
  const [only] = streams;
  const name = child.resource.name;
  const lists: ResumedRun['lists'] = resumed?.lists ?? [];
  return groupRows(
    child,
    streams.length === 1 ? (only as ParentRows) : joinParents(streams),
    lists.filter(({ resource }) => resource === name).map(({ list }) => list),
  );
}

/** Fields of `parent`'s rows that anything below it takes. */
export function fieldsBelow(parent: string, all: readonly ResolvedResource[]): string[] {
  const needed = all.flatMap(({ fields, parentFields }) => [
    ...fields,
    ...Object.values(parentFields),
  ]);
  return [...new Set(needed.filter((one) => one.parent === parent).map(({ field }) => field))];
}

/**
 * Gives the rows of a parent's pages. Each row counts as waiting until the child begins with it.
 */
function contextsOf(
  child: ResolvedResource,
  parent: string,
  { pages, waiting }: ParentStream,
): ParentRows {
  const own = child.fields.filter((one) => one.parent === parent);
  const keyOf = (row: JsonObject): JsonObject =>
    Object.fromEntries(
      own.map(({ field, isSecret }) => [
        field,
        isSecret ? fingerprint(valueAt(row, [field])) : (valueAt(row, [field]) ?? null),
      ]),
    );
  // Made one by one as they are taken: a page may have a hundred thousand rows.
  function* contexts({ id, rows, context, isStored }: ParentPage): Generator<ParentRow> {
    const { rows: above, origins, keys } = context;
    for (const [number, row] of rows.entries())
      yield {
        context: {
          rows: { ...above, [parent]: row },
          origins: { ...origins, [parent]: { page: id, row: number } },
          keys: [...keys, keyOf(row)],
          at: { list: `${id}.${number}`, under: id },
        },
        release: () => waiting.release(1),
        isStored,
      };
  }
  return pages.pipe(
    map((page) => {
      waiting.add(page.rows.length);
      return contexts(page);
    }),
  );
}

/**
 * Keeps the rows that have all fields which the child's requests need: not null, and no empty text.
 * `missingParent` decides whether others are skipped or an error. With dlt's rules a field that is
 * not there is an error, and null and empty text are values.
 */
function withFields(
  {
    resource: { name },
    endpoint: { missingParent: whatIsMissing = 'skip' },
    fields,
    parentFields,
  }: ResolvedResource,
  rows: ParentRows,
  observe: (event: SourceEvent) => void,
  watch: FieldWatch,
  compat: Compat,
): ParentRows {
  const included = Object.values(parentFields);
  const isStrict = whatIsMissing === 'fail' || compat === 'dlt';
  function* whole(page: Iterable<ParentRow>): Generator<ParentRow> {
    for (const row of page) {
      const { rows: above, keys } = row.context;
      const missing = missingField(fields, above, compat);
      if (isStrict)
        refuseLacking(name, missing ?? included.find((one) => isLacking(above, one)), watch);
      if (missing === undefined) {
        yield row;
        continue;
      }
      row.release();
      // Before the stop it was observed already.
      if (!row.isStored) observe(missingParent(name, missing, keys));
    }
  }
  return rows.pipe(map(whole));
}

/** The event for a parent's row without a field that the requests of a resource need. */
export function missingParent(
  resource: string,
  { parent, field }: ParentField,
  keys: readonly Json[] = [],
): Extract<SourceEvent, { kind: 'skip' }> {
  return {
    kind: 'skip',
    resource,
    parent: listKey(keys),
    index: 0,
    status: null,
    reason: 'missing-parent',
    field: `${parent}.${field}`,
  };
}

/**
 * The first of the needed fields that rows lack; undefined for none. With dlt's rules null and
 * empty text are values.
 */
export function missingField(
  fields: readonly ParentField[],
  above: ParentContext['rows'],
  compat: Compat,
): ParentField | undefined {
  return fields.find(
    ({ parent, field }) =>
      isLacking(above, { parent, field }) ||
      (compat === 'sluice' &&
        above[parent] !== undefined &&
        (valueAt(above, [parent, field]) ?? '') === ''),
  );
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
          yield { context: whole, release: () => undefined, isStored: false };
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
  const apart = Object.entries(a.origins).some(([name, { page, row }]) => {
    const other = b.origins[name];
    return other !== undefined && (other.page !== page || other.row !== row);
  });
  return apart
    ? []
    : [
        {
          rows: { ...a.rows, ...b.rows },
          origins: { ...a.origins, ...b.origins },
          keys: [...a.keys, ...b.keys],
          at: { list: a.at.list === '' ? b.at.list : `${a.at.list}&${b.at.list}`, under: null },
        },
      ];
}
