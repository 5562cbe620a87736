import type { SettingCheck } from '../../settings/parse-setting.js';
import type { SourceOption } from '../../settings/source-options.js';
import { checkedBase } from '../http/checked-base.js';
import { rateOf } from '../throttle/rate-limit.js';

/** The rule for a rate limit of the settings. */
export const RATE_LIMIT: SettingCheck = { expected: 'a rate limit such as 300/1m', check: rateOf };

/** The options of a ready source that say where its API is and how fast it may be requested. */
export function clientOptions(
  root: string,
  rateLimit: string,
): { baseUrl: SourceOption; rateLimit: SourceOption } {
  return {
    baseUrl: {
      name: 'baseUrl',
      kind: 'text',
      check: { expected: 'a base URL such as https://api.example.com/v1', check: checkedBase },
      description: root,
    },
    rateLimit: {
      name: 'rateLimit',
      kind: 'text',
      check: RATE_LIMIT,
      description: `for example ${rateLimit}`,
    },
  };
}
