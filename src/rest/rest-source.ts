import { defer, finalize } from 'rxjs';
import { requireShape } from '../../operators/settings/require-shape.js';
import { list, name as aName } from '../../operators/settings/shape.js';
import { ConfigError } from '../errors.js';
import type { Source, SourceHints } from '../run/source.js';
import { withSchema } from '../run/with-schema.js';
import type { SettingsOptions } from '../settings/configure-settings.js';
import { checkSetting, parseSetting } from '../settings/parse-setting.js';
import { sensitivityOf } from '../settings/sensitivity-of.js';
import { type Settings, settings } from '../settings/settings.js';
import { linkedSignal } from '../signals/linked-signal.js';
import { type AuthLike, authOf } from './auth/auth-of.js';
import type { Auth } from './auth/auth.js';
import type { CheckedConfig } from './config/checked-config.js';
import { RATE_LIMIT } from './config/client-options.js';
import type { RestConfig } from './config/rest-config.js';
import { validateConfig } from './config/validate-config.js';
import { spellingOf } from './dlt/is-dlt-config.js';
import { type Client, httpClient } from './http/http-client.js';
import { resolveResources, type ResolvedResource } from './resources/resolve-resources.js';
import { resourcePages } from './resources/resource-pages.js';
import { runClient } from './run-client.js';
import { sourceFingerprint } from './source-fingerprint.js';
import { startValues, withStart } from './start-values.js';

/**
 * A source from a description of a REST API, in the words of dlt's `rest_api` in camelCase.
 *
 * All resources share one client: its connections, authorization and rate limit. A resource whose
 * path or params hold `{resources.<parent>.<field>}` is requested once for every row of that
 * parent. `places` says where its settings come from.
 *
 * Errors: ConfigError for a wrong description or a missing secret, before any request.
 *
 * @example restSource({ client: { baseUrl: 'https://api.example.com/v1' }, resources: ['orders',
 * 'customers'] })
 */
export function restSource<const C extends RestConfig>(
  config: CheckedConfig<C>,
  places?: SettingsOptions,
): Source {
  if (spellingOf(config) === 'snake_case')
    throw new ConfigError(
      'restSource() takes a config in camelCase (`baseUrl`), and this one is in snake_case (`base_url`), as dlt writes it. Give it to fromDlt().',
    );
  return configured(validateConfig(config), places);
}

function configured(config: RestConfig, places?: SettingsOptions): Source {
  const name = config.name ?? 'rest_api';
  const own = settings(name, 'rest_api', places);
  const settled = (given: AuthLike): Auth => {
    const auth = authOf(given);
    return auth.withSettings?.((key) => own.require(key, sensitivityOf(key))) ?? auth;
  };
  const { auth, rateLimit = settledRate(name, own), paginator: _, ...client } = config.client;
  const whole = {
    ...client,
    ...(rateLimit !== undefined && { rateLimit }),
    ...(auth !== undefined && { auth: settled(auth) }),
  };
  const source = sourceOf(
    name,
    resolveResources(config, settled),
    httpClient(whole),
    sourceHints(config),
    config,
  );
  return config.schema === undefined ? source : withSchema(source, config.schema);
}

/**
 * The rate limit of the settings; undefined where there is none. ConfigError that names its place
 * where it is wrong.
 */
function settledRate(name: string, own: Settings): string | undefined {
  const found = own.find('rate_limit');
  if (found === undefined) return undefined;
  const from = `Source \`${name}\`: ${found.from}`;
  const text = parseSetting(found.value, 'text', from) as string;
  checkSetting(text, RATE_LIMIT, from);
  return text;
}

function sourceHints({ maxTableNesting, schemaContract, rootKey }: RestConfig): SourceHints {
  return {
    ...(maxTableNesting !== undefined && { maxTableNesting }),
    ...(schemaContract !== undefined && { schemaContract }),
    ...(rootKey !== undefined && { rootKey }),
  };
}

function sourceOf(
  name: string,
  resources: readonly ResolvedResource[],
  client: Client,
  hints: SourceHints,
  config: RestConfig,
): Source {
  const isWanted = (one: ResolvedResource): boolean =>
    one.resource.selected !== false ||
    resources.some((child) => child.parents.includes(one.resource.name) && isWanted(child));
  const wanted = resources.filter(isWanted);
  const selected = wanted.filter(({ resource }) => resource.selected !== false);
  const fingerprint = sourceFingerprint(
    config,
    wanted,
    client,
    selected.map(({ resource }) => resource.name),
  );
  return {
    name,
    resources: wanted.map(({ resource }) => resource),
    hints,
    secrets: client.secrets,
    ...(fingerprint !== null && { fingerprint }),
    start: startValues(wanted),
    isTied: wanted.some(
      ({ parents, endpoint }) => parents.length > 0 || endpoint.responseOf !== undefined,
    ),
    pages: (context) =>
      defer(() => {
        const linked = linkedSignal(context.signal);
        const done = client.keepOpen();
        const { start = {}, waits = {} } = context.resumed ?? {};
        for (const [host, until] of Object.entries(waits))
          client.pause(host, until, 'the API asked for it before the load was stopped');
        const begun = withStart(wanted, start);
        return resourcePages(begun, runClient(client, context.tracing), {
          ...context,
          signal: linked.signal,
        }).pipe(
          finalize(() => {
            linked.stop();
            done();
          }),
        );
      }),
    withResources(names) {
      requireShape('The names of withResources()', names, list(aName));
      const known = resources.map(({ resource }) => resource.name);
      const unknown = names.filter((one) => !known.includes(one));
      if (unknown.length > 0)
        throw new ConfigError(
          `Source ${name} has no resource ${unknown.map((one) => `\`${one}\``).join(', ')}. Resources: ${known.join(', ')}.`,
        );
      return sourceOf(
        name,
        resources.map((one) => ({
          ...one,
          resource: { ...one.resource, selected: names.includes(one.resource.name) },
        })),
        client,
        hints,
        config,
      );
    },
  };
}
