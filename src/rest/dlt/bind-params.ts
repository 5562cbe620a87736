import { below } from '../../../operators/settings/problem.js';
import type { Json } from '../../../operators/types.js';
import type { DltObject } from './dlt-object.js';
import type { Notes } from './notes.js';
import { translateIncremental } from './translate-incremental.js';
import { translatePath } from './translate-path.js';

/**
 * Params as dlt reads them: those that a path takes, the one that is incremental, and what is left
 * for the query.
 */
export interface BoundParams {
  params: Record<string, Json>;
  /** What stands for a name in the path; undefined where nothing does. */
  bound: (name: string) => string | undefined;
  incremental: ReturnType<typeof translateIncremental>;
}

export function bindParams(
  params: DltObject,
  path: string,
  where: string,
  notes: Notes,
): BoundParams {
  const inPath = new Map<string, string>();
  const query: Record<string, Json> = {};
  let incremental: ReturnType<typeof translateIncremental>;
  const spans: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    const taken = path.includes(`{${name}}`);
    const { type } = Object(value) as { type?: unknown };
    if (Array.isArray(value) || typeof value !== 'object' || value === null) {
      if (taken && !Array.isArray(value)) inPath.set(name, String(value));
      else query[name] = value as Json;
    } else if (type === 'resolve') {
      const { resource, field } = value as { resource: string; field: string };
      const dotted = notes.tried(below(where, name), () => translatePath(field));
      if (taken) inPath.set(name, `{+resources.${resource}.${dotted}}`);
      else
        notes.problem(
          below(where, name),
          `no \`{${name}}\` in the path takes it. Write "{resources.${resource}.${field}}" as the value of the param for a query.`,
        );
    } else {
      const { type: _, ...config } = value as DltObject;
      spans.push(name);
      if (taken)
        notes.problem(
          below(where, name),
          'only a resolve param or a plain value can be in a path; write {incremental.start_value} there.',
        );
      for (const key of ['end_value', 'end_param', 'start_param'])
        if ((config[key] ?? null) !== null)
          notes.problem(
            `${below(where, name)}.${key}`,
            'belongs into `incremental` of the endpoint.',
          );
      incremental = translateIncremental(
        { ...config, start_param: name },
        below(where, name),
        notes,
      );
    }
  }
  if (spans.length > 1)
    notes.problem(where, `only one param can be incremental; found ${spans.join(', ')}.`);
  return { params: query, bound: (name) => inPath.get(name), incremental };
}
