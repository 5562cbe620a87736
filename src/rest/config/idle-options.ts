import { idleKey } from '../../../operators/settings/idle-key.js';
import type { Problem } from '../../../operators/settings/problem.js';
import type { MergedResource } from '../resources/merge-resource.js';
import { usesWindows } from '../resources/uses-windows.js';
import { idleParallel } from './idle-parallel.js';
import type { RestConfig } from './rest-config.js';

/** What a resource that shares another's responses can say of them; all else is that one's. */
const OF_SHARED = new Set(['responseOf', 'dataSelector', 'rows', 'key', 'mayBeMissing']);

/** Reports options of an endpoint that would do nothing beside the others. */
export function idleOptions({
  given,
  endpoint,
  links,
  at,
  place,
}: {
  /** As it was written, without the defaults. */
  given: RestConfig['resources'][number];
  /** With the defaults. */
  endpoint: MergedResource['endpoint'];
  links: readonly string[];
  at: string;
  place: (part: string) => string;
}): Problem[] {
  const own = typeof given === 'object' && typeof given.endpoint === 'object' ? given.endpoint : {};
  const problems: Problem[] = [];
  if (own.responseOf !== undefined)
    for (const key of Object.keys(own).filter((one) => !OF_SHARED.has(one)))
      problems.push({
        path: `${at}.endpoint.${key}`,
        message: `does nothing here: the responses are those of ${own.responseOf}, whose endpoint says how they are requested.`,
      });
  const idle = own.key === undefined ? null : idleKey(endpoint);
  if (idle !== null) problems.push({ path: `${at}.endpoint.key`, message: idle });
  const parallel = own.parallelPages === undefined ? null : idleParallel(endpoint);
  if (parallel !== null) problems.push({ path: `${at}.endpoint.parallelPages`, message: parallel });
  if (own.missingParent !== undefined && links.length === 0)
    problems.push({
      path: `${at}.endpoint.missingParent`,
      message:
        'does nothing here: the endpoint takes no {resources.<parent>.<field>}. Leave it out.',
    });
  if (endpoint.windows !== undefined && !usesWindows(endpoint))
    problems.push({
      path: place('windows'),
      message:
        'no request contains the window, so every window would return the same rows. Set `startParam` and `endParam`, or write {window.start} and {window.end} where the API takes them.',
    });
  return problems;
}
