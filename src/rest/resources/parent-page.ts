import { parseJson } from '../../../operators/json/parse-json.js';
import { printJson } from '../../../operators/json/print-json.js';
import { sentMember } from '../../../operators/json/sent-number.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import type { SourcePage } from '../../run/source.js';
import type { ParentContext } from './parent-context.js';

/** The rows of one page of a parent, for the requests of the resources below it. */
export interface ParentPage {
  /** Names the page among all pages of the load. */
  id: string;
  /** What the page itself was requested with. */
  context: ParentContext;
  /** What anything below needs of its rows. */
  rows: readonly JsonObject[];
  /** It was read before the load was stopped. */
  isStored: boolean;
}

/** The id of a page. `resource`: its number in the source; `list`: the place of its list. */
export function pageId(
  resource: number,
  list: string,
  { index, slice }: Pick<SourcePage, 'index' | 'slice'>,
): string {
  return `${resource}:${list}/${index}${slice === undefined ? '' : `.${slice}`}`;
}

/** The rows of a page as JSON text, from which they can be requested for after a stop. */
export function storedParents({ context, rows }: Pick<ParentPage, 'context' | 'rows'>): string {
  return printJson({ ...context, own: rows });
}

/** Reads what `storedParents` wrote. Numbers are sent as they were before. */
export function parseParents(id: string, text: string): ParentPage {
  const { own, ...context } = parseJson(text) as unknown as ParentContext & { own: JsonObject[] };
  return {
    id,
    context: {
      ...context,
      rows: Object.fromEntries(
        Object.entries(context.rows).map(([name, row]) => [name, withSent(row)]),
      ),
      keys: context.keys.map((key) => (isRow(key) ? withSent(key) : key)),
    },
    rows: own.map(withSent),
    isStored: true,
  };
}

function isRow(key: Json): key is JsonObject {
  return typeof key === 'object' && key !== null && !Array.isArray(key);
}

function withSent(row: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(row).map((field) => [field, sentMember(row, field)]));
}
