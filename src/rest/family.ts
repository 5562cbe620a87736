import { connect, defer, finalize, from, map, merge, mergeMap, type Observable } from 'rxjs';
import { fieldReader } from '../../operators/columns/read-fields.js';
import { printJson } from '../../operators/columns/parse-json.js';
import { rowObjects } from '../../operators/columns/row-objects.js';
import { segments } from '../../operators/columns/locate.js';
import { applySteps } from '../../operators/transform.js';
import type { Json, JsonObject, Page } from '../../operators/types.js';
import { ConfigError } from '../errors.js';
import { Gate } from '../gate.js';
import type { RunContext } from '../source.js';
import { fromPages, readPages } from './endpoint.js';
import type { Client } from './http-client.js';
import { fillPath, fillQuery } from './placeholders.js';
import type { ResolvedResource } from './rest-config.js';
import { joinUrl } from './url.js';
import { windowParams } from './windows.js';

/** A parent's list holds while more rows than this wait for their children to be asked for. */
const WAITING_PARENTS = 1_000;

interface Ancestor {
  /** Values that identify the chain of parents. */
  keys: readonly Json[];
  /** The parent's fields that placeholders and stamps need. */
  row: JsonObject;
}

/**
 * Pages of a resource and of everything below it: a parent's page comes before those of its children. Children of several
 * rows are asked for at once, as many as the client sends at once.
 */
export function familyPages(own: ResolvedResource, all: readonly ResolvedResource[], client: Client, context: RunContext, ancestor: Ancestor | null = null): Observable<Page> {
  const children = all.filter(({ parent }) => parent === own.resource.name);
  const waiting = new Gate(WAITING_PARENTS);
  const pages = ownPages(own, client, context, ancestor, waiting);
  if (children.length === 0) return pages;
  return pages.pipe(
    connect((shared) =>
      merge(
        shared,
        ...children.map((child) =>
          childRows(own, child, shared, waiting).pipe(
            mergeMap((row) => {
              waiting.acknowledge(1);
              const keys = [...(ancestor?.keys ?? []), Object.fromEntries(child.placeholders.map(({ field }) => [field, row[field] ?? null]))];
              return familyPages(child, all, client, context, { keys, row });
            }, client.concurrency),
          ),
        ),
      ),
    ),
  );
}

/** Pages of one resource for one parent row (or none), window after window. */
function ownPages({ resource, endpoint, stamp }: ResolvedResource, client: Client, context: RunContext, ancestor: Ancestor | null, waiting: Gate): Observable<Page> {
  const { path, params = {}, windows, ...rest } = endpoint;
  const row = ancestor?.row ?? {};
  const stamped = Object.keys(stamp).length === 0 ? null : Object.fromEntries(Object.entries(stamp).map(([name, field]) => [name, stampValue(row, field, resource.name)]));
  const read = (window: Record<string, number> | null): Observable<Page> =>
    fromPages(async function* (signal) {
      const url = joinUrl(client.baseUrl, fillPath(path, row, resource.name), { ...fillQuery(params, row, resource.name), ...window });
      const keys: readonly Json[] = [...(ancestor?.keys ?? []), ...(window === null ? [] : [window])];
      const parent = keys.length === 0 ? null : printJson(keys.length === 1 ? keys[0] : keys);
      const pages = readPages(
        { ...rest, url: url.href, resource: resource.name },
        { client, gate: context.gate, signal, observe: (event) => context.observe(event), parent, stamp: stamped },
      );
      for await (const page of pages) {
        yield page;
        await waiting.opened(signal);
      }
    }, context.signal);
  return windows === undefined ? read(null) : defer(() => from(windowParams(windows)).pipe(mergeMap(read, client.concurrency)));
}

/** The rows of a parent's pages, as far as a child needs them; after the parent's processing steps, as in dlt. */
function childRows({ resource }: ResolvedResource, child: ResolvedResource, pages: Observable<Page>, waiting: Gate): Observable<JsonObject> {
  const fields = [...new Set([...child.placeholders.map(({ field }) => field), ...Object.values(child.stamp)])];
  const steps = resource.processingSteps;
  return defer(() => {
    const reader = fieldReader(fields);
    const rowsOf = (page: Page): JsonObject[] => {
      const stamped = page.stamp ?? {};
      const quick = steps === undefined ? reader.read(page.body, page.rows) : null;
      // The reader leaves nulls out; where anything is missing, the whole rows tell a null from a field that is not there.
      if (quick?.every((row) => fields.every((field) => field in row || field in stamped)) === true) return quick;
      const run = applySteps(steps ?? []);
      return rowObjects({ page, body: page.body, span: page.rows }).flatMap((row) => [...run(row)].map((each) => picked(each, fields)));
    };
    return pages.pipe(
      map((page) => {
        const rows = rowsOf(page).map((row) => withStamp(row, page.stamp, fields));
        waiting.post(rows.length);
        return rows;
      }),
      mergeMap((rows) => rows),
      finalize(() => reader.close()),
    );
  });
}

/** Fields that the parent's rows themselves got from their parent can be handed on. */
function withStamp(row: JsonObject, stamp: Page['stamp'], fields: readonly string[]): JsonObject {
  if (stamp === null) return row;
  return { ...row, ...Object.fromEntries(Object.entries(stamp).filter(([name]) => fields.includes(name))) };
}

function picked(row: JsonObject, fields: readonly string[]): JsonObject {
  const at = (field: string): Json | undefined =>
    segments(field).reduce<Json | undefined>((value, key) => (typeof value === 'object' && value !== null ? (value as JsonObject)[key] : undefined), row);
  return Object.fromEntries(fields.flatMap((field): [string, Json][] => {
    const value = at(field);
    return value === undefined ? [] : [[field, value]];
  }));
}

function stampValue(row: JsonObject, field: string, resource: string): Json {
  const value = row[field];
  if (value === undefined) throw new ConfigError(`Resource ${resource} puts field ${field} of its parent's row on its own rows (includeFromParent), and a parent's row has no ${field}.`);
  return value;
}
