import type {
  CursorConfig,
  CursorRules,
  CursorValue,
} from '../../../operators/cursor/cursor-config.js';
import type { KeptCursor } from '../../../operators/cursor/cursor-progress.js';
import { cursorStart } from '../../../operators/cursor/cursor-start.js';
import { printJson } from '../../../operators/json/print-json.js';
import { pythonDouble } from '../../../operators/json/python-json.js';
import { SentNumber } from '../../../operators/json/sent-number.js';
import { userFunction } from '../../../operators/settings/user-function.js';
import type { Json } from '../../../operators/types.js';

/**
 * Loads only what is new: where the last run ended, the next one begins. Rows that an earlier run
 * had are left out, whether the API leaves them out or not; `startParam`, or
 * {incremental.startValue} where the API takes it, spares their transfer.
 */
export interface IncrementalConfig extends CursorConfig {
  /** Query parameter that takes the start value; left out while there is none. */
  startParam?: string;
  /** Query parameter that takes the end value; left out while there is none. */
  endParam?: string;
  /**
   * The form that the API wants values in; applied to start, initial, last and end value alike.
   * @default as they are
   */
  convert?: (value: CursorValue) => Json;
}

/** The values that requests of a run are made with, by the names that placeholders use. */
export interface IncrementalValues {
  startValue: Json;
  initialValue: Json;
  lastValue: Json;
  endValue: Json;
}

/**
 * What requests are made with, `kept` being what earlier runs kept; null where there is no value.
 */
export function incrementalValues(
  config: IncrementalConfig & CursorRules,
  kept: Pick<KeptCursor, 'lastValue' | 'doubles'> | null,
  resource: string,
): IncrementalValues {
  const { initialValue = null, endValue = null, convert } = config;
  const shown = (value: CursorValue | null): Json =>
    value === null || convert === undefined
      ? value
      : userFunction({ name: 'incremental.convert', resource }).call(
          () => convert(value),
          (made) => valueFault(made) ?? queryFault(config, made),
        );
  const last = kept?.lastValue ?? null;
  const isDouble =
    kept?.doubles?.includes('lastValue') === true ||
    (typeof last === 'number' && !Number.isInteger(last));
  const start = cursorStart(config, last, isDouble);
  // A whole number is sent as rows have it: `2.0`.
  const sent =
    convert === undefined && isDouble && Number.isInteger(start) && start !== initialValue
      ? (new SentNumber(pythonDouble(start as number)) as unknown as Json)
      : shown(start);
  return {
    startValue: sent,
    initialValue: shown(initialValue),
    lastValue: sent,
    endValue: shown(endValue),
  };
}

/** Null for what JSON holds; a date is none, since nobody knows in which form it is wanted. */
function valueFault(value: unknown): string | null {
  const wanted = 'return the value as the API wants it, a text or number.';
  if (value === undefined || value instanceof Date) return wanted;
  try {
    printJson(value);
    return null;
  } catch {
    return wanted;
  }
}

/** What is wrong with a value that goes into a query; null for one that does not. */
function queryFault({ startParam, endParam }: IncrementalConfig, value: unknown): string | null {
  const isObject = [value].flat().some((one) => typeof one === 'object' && one !== null);
  return isObject && (startParam ?? endParam) !== undefined
    ? 'a query parameter holds a text or number. Put an object into `json` with {incremental.startValue}.'
    : null;
}
