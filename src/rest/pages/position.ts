import { sortedJson } from '../../../operators/json/sorted-json.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import { ConfigError } from '../../errors.js';
import { digest } from '../digest.js';
import type { PaginatorConfig } from '../paginators/paginator-config.js';
import type { TallySnapshot } from './list-tally.js';
import type { MovedSnapshot } from './moved-rows.js';
import type { FactsSnapshot } from './page-facts.js';
import type { GuardSnapshot } from './pagination-guard.js';
import type { SliceMark } from './rows/big/row-slices.js';

/** Where the next request of a list goes, without secrets. Plain JSON. */
export interface NextRequest {
  params?: Readonly<Record<string, Json>>;
  /** A whole address, without the parameters in `omitted`. */
  url?: string;
  /**
   * Parameters of `url` whose values are secret: the name of each, and the name of the parameter of
   * the first request that has the same value.
   */
  omitted?: readonly (readonly [name: string, from: string])[];
  /** JSON text of the values that are set in the body; text, since it may hold big integers. */
  json?: string;
}

/** What is known of a list behind one of its pages. */
export interface ListSnapshot {
  /** Digest of the first request, without its secrets. */
  of: string;
  /** Null for a function. */
  paginator: PaginatorConfig | null;
  /** The paginator was found, and holds for later runs. */
  isKept: boolean;
  tally: TallySnapshot;
  guard: GuardSnapshot;
  facts: FactsSnapshot;
  /** The data selector, where it was found. */
  selector: string | null;
  /** Paths of the config that matched something. */
  matched: readonly string[];
  /** A data selector with a wildcard that matched nothing. */
  unmatched: string | null;
  /** Why pages are not requested ahead any more (`PagesAhead`). @default they may be */
  fallback?: string;
  /** The last rows of earlier pages (`MovedRows`). @default positions come from the API */
  moved?: MovedSnapshot;
  /** The next request only tests whether the API heeds its parameters. */
  isProbe: boolean;
  /**
   * The request of the page itself, where pages are counted: rows move from page to page then.
   * @default the API says where the list goes on
   */
  last?: NextRequest;
}

/** The position behind a page (`Page.next`), from which its list can be read on. */
export interface ListPosition extends NextRequest {
  list: ListSnapshot;
  /**
   * How far the rows of the response to the request were read: `list` is what was known in front of
   * that response. @default none of them
   */
  slice?: SliceMark;
}

const FORMAT = 1;
const WANTED = 'Pass `next` of a page, as it was emitted.';

/** A position as it is emitted: plain JSON, with a checksum. */
export function sealPosition(position: ListPosition): Json {
  return sealed(position as unknown as JsonObject);
}

/** A position that says why it cannot be resumed; `parsePosition` gives the reason in its error. */
export function blockedPosition(reason: string): Json {
  return sealed({ blocked: reason });
}

/**
 * Reads a position that was emitted, and perhaps stored, before.
 *
 * Errors: ConfigError for null (the list was at its end), a text, what is no position, one of
 * another format, one that was changed, and one that cannot be resumed.
 */
export function parsePosition(given: Json, where: string): ListPosition {
  const refuse = (why: string): never => {
    throw new ConfigError(`${where}: ${why}`);
  };
  if (given === null)
    return refuse(
      '`from` is null: the page that it was taken from was the last of its list. Leave `from` out to read the list from its beginning.',
    );
  if (typeof given === 'string')
    return refuse('`from` is a text, and a position is an object. Parse the text with JSON.parse.');
  if (typeof given !== 'object' || Array.isArray(given) || typeof given['format'] !== 'number')
    return refuse(`\`from\` is not a position. ${WANTED}`);
  const { format, check, ...content } = given;
  if (format !== FORMAT)
    return refuse(
      `\`from\` is a position of format ${String(format)}, and this version of sluice reads format ${FORMAT}. Leave \`from\` out to read the list from its beginning.`,
    );
  if (check !== checkOf(content))
    return refuse(`\`from\` was changed since it was made. ${WANTED}`);
  if (typeof content['blocked'] === 'string')
    return refuse(`the list cannot be read on from \`from\`: ${content['blocked']}`);
  return content as unknown as ListPosition;
}

function sealed(content: JsonObject): Json {
  return { format: FORMAT, ...content, check: checkOf(content) };
}

/** The same whatever the order of members: some databases sort them. */
function checkOf(content: JsonObject): string {
  return digest(sortedJson(content), 12);
}
