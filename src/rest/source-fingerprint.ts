import { scryptSync } from 'node:crypto';
import { configText } from '../run/config-text.js';
import type { RestConfig } from './config/rest-config.js';
import { digest } from './digest.js';
import type { Client } from './http/http-client.js';
import type { ResolvedResource } from './resources/resolve-resources.js';
import { withoutSecretFields } from './secrets/redact.js';
import { isCertainlySecret, isSecretField } from './secrets/secret-names.js';

/**
 * Names what a source requests: addresses, methods, parameters, bodies, paginators, selectors, and
 * all that makes its tables. Null where a run of it cannot be resumed: rows that a function gives
 * may be others the next time, and what requests take from rows may be a secret, which is not
 * stored.
 *
 * Secrets do not count, nor what only says how requests are sent, nor values that are computed when
 * a run begins (`Source.start`). A value that may be no secret but what the API lists counts: two
 * lists must not become one. A hash, since parameters may hold more than anybody should see; one
 * that takes long to guess where a value may be a short secret.
 *
 * @param selected names of the resources that are loaded
 */
export function sourceFingerprint(
  config: RestConfig,
  resources: readonly ResolvedResource[],
  client: Pick<Client, 'secrets' | 'redactUrl'>,
  selected: readonly string[],
): string | null {
  const isLasting = resources.every(
    ({ data, fields }) =>
      (data === null || Array.isArray(data)) && fields.every(({ isSecret }) => !isSecret),
  );
  if (!isLasting) return null;
  const { client: given, resources: all, ...rest } = config;
  // Others are not requested, whatever they say.
  const wanted = all.filter((one) => {
    const name = typeof one === 'string' ? one : one.name;
    return resources.some(({ resource }) => resource.name === name);
  });
  const { baseUrl, headers, paginator } = given;
  const counted = {
    ...rest,
    resources: wanted,
    client: { baseUrl: client.redactUrl(baseUrl), headers, paginator },
    selected,
  };
  const doubtful: string[] = [];
  const onRemoved = (name: string, value: string): void => {
    if (!isCertainlySecret(name, value)) doubtful.push(JSON.stringify([name, value]));
  };
  const isSecret = (path: readonly string[], value: unknown): boolean => {
    const last = path.at(-1) as string;
    // A flag is none.
    if (typeof value === 'boolean' || !isSecretField(last, typeof value === 'string' ? value : ''))
      return false;
    onRemoved(last, typeof value === 'string' ? value : configText(value));
    return true;
  };
  const text = client.secrets.text(
    configText(
      counted,
      (path, value) => isSecret(path, value) || isLeftOut(path),
      (given) => withoutSecretFields(given, onRemoved),
    ),
  );
  if (doubtful.length === 0) return digest(text, 22);
  return digest(scryptSync(doubtful.join(), text, 32), 22);
}

/** What says how requests are sent. */
const SENDING = new Set(['auth', 'maxPages', 'parallelPages', 'repeatable']);
/** What is computed when a run begins. */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  windows: ['start', 'end'],
  incremental: ['initialValue', 'endValue'],
};

function isLeftOut(path: readonly string[]): boolean {
  const last = path.at(-1) as string;
  // Bodies and hints may have such names too, at other places.
  const [holder, , above = ''] = path;
  if (holder !== 'resources' && holder !== 'resourceDefaults') return false;
  if (path.length === 2) return last === 'limits';
  if (path[1] !== 'endpoint') return false;
  if (path.length === 3) return last === 'limits' || SENDING.has(last);
  return path.length === 4 && COMPUTED[above]?.includes(last) === true;
}
