import { isDeepStrictEqual } from 'node:util';
import { parseJson } from '../../../operators/json/parse-json.js';
import { printJson } from '../../../operators/json/print-json.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import { ConfigError } from '../../errors.js';
import { digest } from '../digest.js';
import type { Client } from '../http/http-client.js';
import { hrefOf } from '../http/url.js';
import { asDltPages } from '../paginators/dlt/as-dlt-pages.js';
import { paginatorOf } from '../paginators/paginator-of.js';
import type { Paginator, RequestChange } from '../paginators/paginator.js';
import type { List } from './list.js';
import {
  blockedPosition,
  type ListPosition,
  type ListSnapshot,
  type NextRequest,
  parsePosition,
  sealPosition,
} from './position.js';
import type { SliceMark } from './rows/big/row-slices.js';

/** A list that is read on: what an earlier read knew, its paginator, and its next request. */
export interface Resumed {
  known: ListSnapshot;
  /** Null where it was not detected yet. */
  paginator: Paginator | null;
  change: RequestChange;
  /** That of the page in front; null where pages are not counted. */
  last: RequestChange | null;
  /** How far the rows of the response were read; null where none of them were. */
  slice: SliceMark | null;
}

/** Makes the positions of one list, and reads them. */
export interface ListPositions {
  /**
   * The position behind a page. It is blocked where the next request is not known, or where it
   * holds a secret that cannot be taken out. `last`: the request of the page, where it is kept.
   */
  behind(
    change: RequestChange | null,
    last: RequestChange | null,
    known: () => Omit<ListSnapshot, 'of' | 'last'>,
    slice?: SliceMark,
  ): Json;
  /**
   * Errors: ConfigError for what is no position (`parsePosition`), and for one of another request
   * or paginator.
   */
  resume(from: Json, where: string): Resumed;
  /** A text as it can be digested: a link in it has no secret parameters. */
  withoutSecrets(text: string): string;
}

export function listPositions(list: List, client: Client): ListPositions {
  const secrets = [...list.secrets, ...(list.auth?.secrets ?? [])];
  /** Learned on the way by some kinds of authorization. */
  const authParams = (): readonly string[] =>
    list.auth === undefined ? client.authParams() : (list.auth?.params ?? []);
  let fingerprint: string | null = null;
  /** Distinguishes the list from others, whatever the values of its secrets. */
  const ownFingerprint = (): string =>
    (fingerprint ??= digest(
      printJson([
        list.method,
        client.redact(client.storedLink(hrefOf(list.url), secrets).link, secrets),
        client.redact(list.data ?? printJson(list.json), secrets),
      ]),
      16,
    ));
  const holdsSecret = (value: Json | undefined): boolean => {
    if (typeof value !== 'string') return Array.isArray(value) && value.some(holdsSecret);
    const { removed, holdsSecret: isLeft } = client.storedLink(value, secrets);
    return removed.length > 0 || isLeft();
  };

  function stored({ params, url, json }: RequestChange): NextRequest | null {
    const link = url === undefined ? null : client.storedLink(url, secrets, authParams());
    const text = json === undefined ? undefined : printJson(json);
    if (link?.holdsSecret() === true || holdsSecret(text)) return null;
    if (Object.values(params ?? {}).some(holdsSecret)) return null;
    const own = [...list.url.searchParams];
    const omitted = (link?.removed ?? []).flatMap(([name, value]): [string, string][] => {
      const from = own.find(([, other]) => other === value)?.[0];
      return from === undefined ? [] : [[name, from]];
    });
    return {
      ...(params !== undefined && { params }),
      ...(link !== null && { url: link.link }),
      ...(omitted.length > 0 && { omitted }),
      ...(text !== undefined && { json: text }),
    };
  }

  function changeOf(
    { params, url, omitted = [], json }: NextRequest,
    where: string,
  ): RequestChange {
    const added = omitted.map(([name, from]) => {
      const value = list.url.searchParams.get(from);
      if (value === null)
        throw new ConfigError(
          `${where}: \`from\` needs the parameter \`${from}\`, and the request has none of that name. Set it as it was when the position was made.`,
        );
      return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
    });
    return {
      ...(params !== undefined && { params: params as Record<string, string | number> }),
      ...(url !== undefined && {
        url: added.length === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${added.join('&')}`,
      }),
      ...(json !== undefined && { json: parseJson(json) as JsonObject }),
    };
  }

  /** A paginator that was found is made anew; one that was declared has to be the same. */
  function paginatorFor({ list: known, slice }: ListPosition, where: string): Paginator | null {
    const { paginator } = known;
    const declared = list.paginator;
    // Within the first response nothing is detected yet.
    if (slice !== undefined && paginator === null && declared === 'auto') return null;
    if (declared === 'auto' || list.paging !== undefined)
      if (paginator !== null) {
        const made = paginatorOf(paginator) as Paginator;
        return list.compat === 'dlt' ? asDltPages(made) : made;
      }
    const own = declared === 'auto' ? null : declared.config;
    if (declared !== 'auto' && isDeepStrictEqual(own, paginator)) return declared;
    const shown = (config: typeof own): string =>
      config === null ? (declared === 'auto' ? 'auto' : 'a function') : printJson(config);
    throw new ConfigError(
      `${where}: \`from\` was made with another paginator (${paginator === null ? 'a function' : printJson(paginator)}) than the list has (${shown(own)}). Use the same one, or leave \`from\` out.`,
    );
  }

  return {
    behind(change, last, known, slice) {
      if (change === null) return blockedPosition(UNKNOWN);
      const next = stored(change);
      if (next === null) return blockedPosition(SECRET);
      const own = last === null ? null : stored(last);
      return sealPosition({
        ...next,
        list: { of: ownFingerprint(), ...known(), ...(own !== null && { last: own }) },
        ...(slice !== undefined && { slice }),
      });
    },
    resume(from, where) {
      const position: ListPosition = parsePosition(from, where);
      const { list: known } = position;
      if (known.of !== ownFingerprint())
        throw new ConfigError(
          `${where}: \`from\` was made by another request than ${list.method} ${client.redactUrl(list.url.href)}. Address, parameters and body have to be the same.`,
        );
      const paginator = paginatorFor(position, where);
      const last = known.last === undefined ? null : changeOf(known.last, where);
      const { slice = null } = position;
      return { known, paginator, change: changeOf(position, where), last, slice };
    },
    withoutSecrets: (text) => client.storedLink(text, secrets, authParams()).link,
  };
}

const UNKNOWN =
  'how the list goes on from there is not known, as the error of that run says. Read on from the page before it.';
const SECRET =
  'the next request holds a secret where it cannot be taken out (in its path, or inside another value), and secrets are not stored. Read the list from its beginning.';
