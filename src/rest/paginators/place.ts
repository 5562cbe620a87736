import type { Json } from '../../../operators/types.js';
import { ConfigError } from '../../errors.js';
import type { RequestChange } from './paginator.js';

/** Where a paginator's value goes in a request: a query parameter, or a path in the JSON body. */
export interface Place {
  change(value: string | number | bigint): RequestChange;
  /** The value in a change; undefined where there is none. */
  valueIn(change: RequestChange): Json | undefined;
}

/**
 * The place that a config names. ConfigError when it names both, or an empty one. @param standard
 * the parameter when it names none
 */
export function placeOf<C extends object>(
  kind: string,
  config: C,
  paramKey: keyof C & string,
  pathKey: keyof C & string,
  standard: string,
): Place {
  const { [paramKey]: param, [pathKey]: path } = config as Readonly<
    Record<string, string | undefined>
  >;
  if (param !== undefined && path !== undefined)
    throw new ConfigError(
      `Paginator ${kind} has both ${paramKey} and ${pathKey}; give the one that the API takes.`,
    );
  if (param === '' || path === '')
    throw new ConfigError(
      `Paginator ${kind} has an empty ${param === '' ? paramKey : pathKey}; give the name that the API takes, or leave it out for \`${standard}\`.`,
    );
  if (path !== undefined)
    return {
      change: (value) => ({ json: { [path]: value } }),
      valueIn: ({ json }) => json?.[path],
    };
  const name = param ?? standard;
  return {
    change: (value) => ({ params: { [name]: typeof value === 'bigint' ? String(value) : value } }),
    valueIn: ({ params }) => params?.[name],
  };
}

/** Several changes as one. */
export function joinChanges(...changes: readonly RequestChange[]): RequestChange {
  const params = Object.assign({}, ...changes.map((change) => change.params)) as Record<
    string,
    string | number
  >;
  const json = Object.assign({}, ...changes.map((change) => change.json)) as Record<string, Json>;
  return {
    ...(Object.keys(params).length > 0 && { params }),
    ...(Object.keys(json).length > 0 && { json }),
  };
}
