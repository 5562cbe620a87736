import { createHash } from 'node:crypto';
import {
  bufferCount,
  concatMap,
  defer,
  filter,
  finalize,
  groupBy,
  map,
  merge,
  mergeMap,
  type Observable,
} from 'rxjs';
import { printJson } from '../../../operators/json/print-json.js';
import { fieldReader } from '../../../operators/json/read-fields.js';
import { rowObjects } from '../../../operators/json/row-objects.js';
import { valueAt } from '../../../operators/json/value-at.js';
import { processed } from '../../../operators/process-rows.js';
import type { Json, JsonObject, Page } from '../../../operators/types.js';
import type { Gate } from '../../run/gate.js';
import type { SourceEvent } from '../../run/source.js';
import { type Lineage, listKey, picked, ROOT } from './lineage.js';
import { unusable } from './placeholders.js';
import type { ParentField, ResolvedResource } from './resolve-resources.js';

/** What a child's lists are asked with. */
export interface ParentRow {
  lineage: Lineage;
  /** To be called when the child begins with it: it does not wait any more. */
  taken: () => void;
}

export type ParentRows = Observable<ParentRow>;

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
): ParentRows {
  const streams = child.parents.map((parent) => {
    const { pages, waiting } = streamOf(parent);
    const resource = all.find((one) => one.resource.name === parent) as ResolvedResource;
    return withFields(
      child,
      lineagesOf(child, resource, fieldsOf(parent, child, all), pages, waiting),
      observe,
    );
  });
  const [only] = streams;
  return grouped(child, streams.length === 1 ? (only as ParentRows) : crossed(streams));
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
 * The rows of a parent's pages, after its processing steps, as in dlt; each is told to `waiting`
 * and taken off when the child takes it.
 */
function lineagesOf(
  child: ResolvedResource,
  { resource }: ResolvedResource,
  fields: readonly string[],
  pages: ParentStream['pages'],
  waiting: Gate,
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
      )
        return quick;
      return rowObjects({ body: page.body, span: page.rows }).flatMap((row, i) =>
        processed(row, steps ?? [], page, i).map((each) => picked(each, fields)),
      );
    };
    return pages.pipe(
      map(({ page, lineage, answer }) => {
        const rows = rowsOf(page).map((row) => withStamp(row, page.stamp, fields));
        waiting.post(rows.length);
        return rows.map((row, number): ParentRow => ({
          lineage: {
            rows: { ...lineage.rows, [resource.name]: row },
            origins: { ...lineage.origins, [resource.name]: { answer, row: number } },
            keys: [
              ...lineage.keys,
              Object.fromEntries(
                own.map(({ field, isSecret }) => [
                  field,
                  isSecret ? fingerprint(valueAt(row, [field])) : (valueAt(row, [field]) ?? null),
                ]),
              ),
            ],
          },
          taken: () => waiting.acknowledge(1),
        }));
      }),
      concatMap((rows) => rows),
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
  { resource: { name }, endpoint: { missingParent = 'skip' }, fields }: ResolvedResource,
  rows: ParentRows,
  observe: (event: SourceEvent) => void,
): ParentRows {
  return rows.pipe(
    filter(({ lineage: { rows: above, keys }, taken }) => {
      const missing = fields.find(
        ({ parent, field }) =>
          above[parent] !== undefined && (valueAt(above, [parent, field]) ?? '') === '',
      );
      if (missing === undefined) return true;
      const { parent, field } = missing;
      if (missingParent === 'fail')
        throw unusable(name, { from: 'resources', parent, field }, 'no value');
      taken();
      observe({
        kind: 'skip',
        resource: name,
        parent: listKey(keys),
        index: 0,
        status: null,
        reason: 'missing-parent',
        field: `${parent}.${field}`,
      });
      return false;
    }),
  );
}

/** Each row of one with each of the others that has no other row above it, as they come. */
function crossed(streams: readonly ParentRows[]): ParentRows {
  return defer(() => {
    const seen: Lineage[][] = streams.map(() => []);
    return merge(...streams.map((stream, at) => stream.pipe(map((row) => ({ ...row, at }))))).pipe(
      concatMap(({ lineage, taken, at }) => {
        seen[at]?.push(lineage);
        const wholes = seen.reduce<Lineage[]>(
          (parts, others, i) =>
            (i === at ? [lineage] : others).flatMap((one) =>
              parts.flatMap((part) => joined(part, one)),
            ),
          [ROOT],
        );
        // It waits until the last of its pairs is begun with, or its parent would run ahead of
        // them.
        if (wholes.length === 0) taken();
        return wholes.map((whole, i): ParentRow => ({
          lineage: whole,
          taken: i === wholes.length - 1 ? taken : () => undefined,
        }));
      }),
    );
  });
}

/**
 * What stands for a secret value where lists are told apart: their names are seen in errors, events
 * and the database.
 */
function fingerprint(value: Json | undefined): string {
  return `sha256:${createHash('sha256')
    .update(printJson(value ?? null))
    .digest('base64url')
    .slice(0, 16)}`;
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

/** So many rows as one, where the fields that are taken of the rows above them are the same. */
function grouped(
  { endpoint: { groupSize = 1 }, fields, parents: [parent = ''] }: ResolvedResource,
  single: ParentRows,
): ParentRows {
  if (groupSize === 1) return single;
  const above = fields.filter((one) => one.parent !== parent);
  const shared = ({ rows }: Lineage): Json[] =>
    above.map((one) => valueAt(rows, [one.parent, one.field]) ?? null);
  return single.pipe(
    map(({ lineage, taken }) => {
      taken();
      return lineage;
    }),
    groupBy((lineage) => printJson(shared(lineage))),
    mergeMap((alike) => alike.pipe(bufferCount(groupSize))),
    map((group): ParentRow => ({
      lineage: together(group, fields, parent, shared(group[0] ?? ROOT)),
      taken: () => undefined,
    })),
  );
}

/**
 * A field of the parent is the list of its values, and null where a row has none, so that no row is
 * left out unseen.
 */
function together(
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
