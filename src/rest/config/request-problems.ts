import type { Problem } from '../../../operators/settings/problem.js';
import type { RestEndpoint } from './rest-config.js';

type Parts = Pick<
  RestEndpoint,
  'method' | 'json' | 'data' | 'paginator' | 'poll' | 'repeatable' | 'getWithBody'
>;

/**
 * Finds parts of a request that exclude each other.
 *
 * @param whose in front of a message, for example `resource orders`
 * @param place the path of a part
 */
export function requestProblems(
  { method = 'GET', json, data, paginator, poll, repeatable, getWithBody = false }: Parts,
  whose: string,
  place: (part: string) => string,
): Problem[] {
  const rules: [wrong: boolean, part: string, message: string][] = [
    [
      json !== undefined && data !== undefined,
      'data',
      `${whose} has both \`json\` and \`data\`; a request has one body.`,
    ],
    [
      method === 'GET' && !getWithBody && (json ?? data) !== undefined,
      json === undefined ? 'data' : 'json',
      'a GET has no body. Set `method` to POST, or put the values into params; `getWithBody: true` sends it all the same.',
    ],
    [
      method === 'GET' && !getWithBody && writesBody(paginator),
      'paginator',
      'the paginator writes into the body, and a GET has no body. Set `method` to POST.',
    ],
    [
      getWithBody && method !== 'GET',
      'getWithBody',
      'does nothing, because `method` is no GET. Leave it out.',
    ],
    [
      repeatable === false && poll !== undefined,
      'poll',
      'poll sends its request again and again, and `repeatable: false` forbids that.',
    ],
  ];
  return rules.flatMap(([wrong, part, message]) => (wrong ? [{ path: place(part), message }] : []));
}

function writesBody(paginator: RestEndpoint['paginator']): boolean {
  const { config = paginator } = Object(paginator) as { config?: unknown };
  return Object.entries(Object(config) as object).some(
    ([key, value]) => key.endsWith('BodyPath') && typeof value === 'string',
  );
}
