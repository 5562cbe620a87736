import { defer, finalize, map, merge, type Observable } from 'rxjs';
import { printJson } from '../../../operators/json/print-json.js';
import { fieldReader } from '../../../operators/json/read-fields.js';
import { rowObjects } from '../../../operators/json/row-objects.js';
import { valueAt } from '../../../operators/json/value-at.js';
import { processed } from '../../../operators/process-rows.js';
import type { Json, JsonObject, Page } from '../../../operators/types.js';
import type { Gate } from '../../run/gate.js';
import type { SourceEvent } from '../../run/source.js';
import { digest } from '../digest.js';
import { memberPaths } from '../pages/path-watch.js';
import type { FieldWatch } from './field-watch.js';
import { groupRows } from './group-rows.js';
import { type Lineage, listKey, type ParentRow, type ParentRows, picked, ROOT } from './lineage.js';
import { unusable } from './placeholders.js';
import type { ParentField, ResolvedResource } from './resolve-resources.js';

interface ParentStream {
  pages: Observable<{ page: Page; lineage: Lineage; answer: symbol }>;
  /** Told of rows that wait for the child. */
  waiting: Gate;
}

/**
 * The rows of a child's parents, with all fields that it and everything below it need; in groups
 * where it asks so; several parents' rows each with each, as far as they are below the same rows.
 */
export function parentRows(
  child: ResolvedResource,
  all: readonly ResolvedResource[],
  streamOf: (parent: string) => ParentStream,
  observe: (event: SourceEvent) => void,
  watch: FieldWatch,
): ParentRows {
  const streams = child.parents.map((parent) => {
    const { pages, waiting } = streamOf(parent);
    const resource = all.find((one) => one.resource.name === parent) as ResolvedResource;
    return withFields(
      child,
      lineagesOf(child, resource, fieldsOf(parent, child, all), pages, waiting, watch),
      observe,
      watch,
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
  const taken = all
    .filter(isBelow)
    .flatMap(({ fields, stamp }) => [...fields, ...Object.values(stamp)]);
  return [...new Set(taken.filter((one) => one.parent === parent).map(({ field }) => field))];
}

/**
 * The rows of a parent's pages, after its processing steps, as in dlt; each counts as waiting until
 * the child begins with it.
 */
function lineagesOf(
  child: ResolvedResource,
  { resource }: ResolvedResource,
  fields: readonly string[],
  pages: ParentStream['pages'],
  waiting: Gate,
  watch: FieldWatch,
): ParentRows {
  const steps = resource.processingSteps;
  const own = child.fields.filter(({ parent }) => parent === resource.name);
  return defer(() => {
    const reader = fieldReader(fields, resource.limits);
    const rowsOf = (page: Page): JsonObject[] => {
      const stamped = page.stamp ?? {};
      const quick = steps === undefined ? reader.readExact(page.body, page.rows) : null;
      // The reader leaves nulls out; where anything is missing, the whole rows tell a null from a
      // field that is not there.
      if (
        quick?.every((row) =>
          fields.every((field) => Object.hasOwn(row, field) || Object.hasOwn(stamped, field)),
        ) === true
      ) {
        const [first] = quick;
        if (first !== undefined) note(withStamp(first, page.stamp, fields), () => []);
        return quick;
      }
      return rowObjects({ body: page.body, span: page.rows }).flatMap((row, i) =>
        processed(row, steps ?? [], page, i).map((each) => {
          const own = picked(each, fields);
          note(withStamp(own, page.stamp, fields), () => [
            ...memberPaths(each),
            ...Object.keys(stamped),
          ]);
          return own;
        }),
      );
    };
    const note = (row: JsonObject, names: () => string[]): void => {
      for (const field of fields) watch.note(resource.name, field, valueAt(row, [field]), names);
    };
    // Made one by one as they are taken: a page may have a hundred thousand rows.
    function* lineages(
      rows: readonly JsonObject[],
      { rows: above, origins, keys }: Lineage,
      answer: symbol,
    ): Generator<ParentRow> {
      for (const [number, row] of rows.entries())
        yield {
          lineage: {
            rows: { ...above, [resource.name]: row },
            origins: { ...origins, [resource.name]: { answer, row: number } },
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
      map(({ page, lineage, answer }) => {
        const rows = rowsOf(page).map((row) => withStamp(row, page.stamp, fields));
        waiting.add(rows.length);
        return lineages(rows, lineage, answer);
      }),
      finalize(() => reader.close()),
    );
  });
}

/**
 * Fields that the parent's rows themselves got from their parent can be handed on. A value of the
 * row's own comes before them.
 */
function withStamp(row: JsonObject, stamp: Page['stamp'], fields: readonly string[]): JsonObject {
  if (stamp === null) return row;
  return {
    ...row,
    ...Object.fromEntries(
      Object.entries(stamp).filter(
        ([name]) => fields.includes(name) && (row[name] === undefined || row[name] === null),
      ),
    ),
  };
}

/**
 * The rows that have all fields which the child's requests need: not null, and no empty text. What
 * becomes of others is said by `missingParent`.
 */
function withFields(
  { resource: { name }, endpoint: { missingParent = 'skip' }, fields, stamp }: ResolvedResource,
  rows: ParentRows,
  observe: (event: SourceEvent) => void,
  watch: FieldWatch,
): ParentRows {
  const stamped = Object.values(stamp);
  function* whole(page: Iterable<ParentRow>): Generator<ParentRow> {
    for (const row of page) {
      const { rows: above, keys } = row.lineage;
      const missing = fields.find(
        ({ parent, field }) =>
          above[parent] !== undefined && (valueAt(above, [parent, field]) ?? '') === '',
      );
      if (missingParent === 'fail')
        refuseLacking(name, missing ?? stamped.find((one) => isLacking(above, one)), watch);
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

function isLacking(above: Lineage['rows'], { parent, field }: ParentField): boolean {
  return above[parent] !== undefined && valueAt(above, [parent, field]) === undefined;
}

/** ConfigError for a field that a row lacks, with the fields that it has. */
function refuseLacking(resource: string, field: ParentField | undefined, watch: FieldWatch): void {
  if (field === undefined) return;
  const names = watch.namesBeside(field.parent, field.field);
  throw unusable(resource, { from: 'resources', ...field }, 'no value', names);
}

/**
 * Each row of one with each of the others that has no other row above it, as they come. The pages
 * are taken one after another, so nothing comes to `seen` while its rows are gone through.
 */
function joinParents(streams: readonly ParentRows[]): ParentRows {
  return defer(() => {
    const seen: Lineage[][] = streams.map(() => []);
    function* pairs(page: Iterable<ParentRow>, at: number): Generator<ParentRow> {
      for (const { lineage, release } of page) {
        seen[at]?.push(lineage);
        const others = seen.map((all, i) => (i === at ? [lineage] : all));
        for (const whole of products(others, ROOT))
          yield { lineage: whole, release: () => undefined };
        // Its parent would run ahead of its pairs if it was released before.
        release();
      }
    }
    return merge(...streams.map((stream, at) => stream.pipe(map((page) => pairs(page, at)))));
  });
}

/** One of each list as one, in all ways, as far as they descend from the same rows. */
function* products(
  [first, ...rest]: readonly (readonly Lineage[])[],
  whole: Lineage,
): Generator<Lineage> {
  if (first === undefined) yield whole;
  for (const one of first ?? []) for (const next of joined(whole, one)) yield* products(rest, next);
}

/**
 * What stands for a secret value where lists are told apart: their names are seen in errors, events
 * and the database.
 */
function fingerprint(value: Json | undefined): string {
  return `sha256:${digest(printJson(value ?? null), 16)}`;
}

/** Two as one; nothing where they descend from different rows of a resource. */
function joined(a: Lineage, b: Lineage): Lineage[] {
  const apart = Object.entries(a.origins).some(([name, { answer, row }]) => {
    const other = b.origins[name];
    return other !== undefined && (other.answer !== answer || other.row !== row);
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
