import { isObject } from '../../../operators/json/is-object.js';
import { segments } from '../../../operators/json/paths.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import type { RequestChange } from './paginator.js';

/**
 * The JSON body of the first request with a change set in it; null where neither has one. Objects
 * on the way are made where they lack, as in dlt; `body` stays as it is.
 */
export function changedBody(body: JsonObject | null, { json }: RequestChange): JsonObject | null {
  if (json === undefined) return body;
  return Object.entries(json).reduce<JsonObject>(
    (changed, [path, value]) => withValue(changed, segments(path), value),
    body ?? {},
  );
}

function withValue(
  within: Json | undefined,
  [key, ...rest]: readonly string[],
  value: Json,
): JsonObject {
  const object = isObject(within) ? within : {};
  return key === undefined
    ? object
    : { ...object, [key]: rest.length === 0 ? value : withValue(object[key], rest, value) };
}
