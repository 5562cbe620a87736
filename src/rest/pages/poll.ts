import { printJson } from '../../../operators/json/print-json.js';
import type { Json } from '../../../operators/types.js';
import { ConfigError } from '../../errors.js';

/**
 * For a response that takes time (a report, an export): the request is repeated until it is ready.
 * So is that of a later page which names a state; one that names none is ready.
 */
export interface PollConfig {
  /** Dotted path in the body to the word that names the state. */
  statusPath: string;
  /** Words that mean ready: this response is a page. */
  done: readonly string[];
  /**
   * Words that mean it never will be ready: the run fails at once. @default none
   */
  failed?: readonly string[];
  /** Milliseconds between two requests. @default 10,000 */
  everyMs?: number;
  /** Milliseconds after which the run fails. @default 3,600,000: an hour */
  timeoutMs?: number;
}

/**
 * What the word at `statusPath` says; words that are neither done nor failed (and none at all) mean
 * that it takes longer. Case counts for nothing.
 */
export function pollState(
  { done, failed = [] }: PollConfig,
  word: Json | undefined,
): 'done' | 'failed' | 'wait' {
  const status = (typeof word === 'string' ? word : printJson(word ?? '')).toLowerCase();
  if (done.some((one) => one.toLowerCase() === status)) return 'done';
  return failed.some((one) => one.toLowerCase() === status) ? 'failed' : 'wait';
}

/**
 * The settings with their defaults. ConfigError for waits that are no numbers above 0, or when no
 * word means done.
 */
export function pollRules(config: PollConfig): Required<PollConfig> {
  const rules = { failed: [], everyMs: 10_000, timeoutMs: 3_600_000, ...config };
  if (!(rules.everyMs > 0 && rules.timeoutMs > 0) || rules.done.length === 0)
    throw new ConfigError(
      'poll needs at least one word in `done`, and everyMs and timeoutMs above 0.',
    );
  return rules;
}
