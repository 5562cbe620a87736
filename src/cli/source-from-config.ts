import { isObject } from '../../operators/json/is-object.js';
import type { RestConfig } from '../rest/config/rest-config.js';
import { fromDlt } from '../rest/dlt/from-dlt.js';
import { isDltConfig } from '../rest/dlt/is-dlt-config.js';
import { restSource } from '../rest/rest-source.js';
import type { Source } from '../run/source.js';

/** Returns true for what `pipeline.run` takes. */
export function isSource(value: unknown): value is Source {
  return (
    isObject(value) &&
    typeof value['pages'] === 'function' &&
    typeof value['withResources'] === 'function'
  );
}

/** Returns true for what looks like the description of a source, in either spelling. */
export function isConfig(value: unknown): value is Record<string, unknown> {
  return isObject(value) && isObject(value['client']) && Array.isArray(value['resources']);
}

/**
 * Builds a source from a description of an API in either spelling; `name` is its name unless the
 * description has one. Errors: ConfigError.
 */
export function sourceFromConfig(config: Record<string, unknown>, name: string): Source {
  return isDltConfig(config)
    ? fromDlt(config, { name })
    : restSource({ name, ...config } as unknown as RestConfig);
}
