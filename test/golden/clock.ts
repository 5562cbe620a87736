import type { Rows } from './name-rows.js';

/** Names what each run has anew. */
export interface Clock {
  /** `load 1` for the first load of `_dlt_loads`; `unfinished load` for one that is not there. */
  load(id: string): string;
  /**
   * `time of load 1` where a load id says that instant, `during load 1` from then until the next
   * one began; any other instant as it is.
   */
  time(text: string): string;
}

const MICROSECONDS = 1e6;
/** A load does not take longer, and rows do not speak of the minutes around it. */
const LONGEST_LOAD = 120 * MICROSECONDS;

/** The clock of the loads that are complete. */
export function clockOf(loads: Rows | undefined): Clock {
  const at = loads?.names.indexOf('load_id') ?? -1;
  const ids = (loads?.rows ?? [])
    .map((row) => String(row[at]))
    .sort((a, b) => Number(a) - Number(b));
  const starts = ids.map(microseconds);
  return {
    load: (id) => (ids.includes(id) ? `load ${ids.indexOf(id) + 1}` : 'unfinished load'),
    time(text) {
      const instant = instantOf(text);
      const load = starts.findLastIndex((start) => start <= instant);
      const start = starts[load];
      if (start === undefined || instant - start > LONGEST_LOAD) return text;
      return `${instant - start <= 1 ? 'time of' : 'during'} load ${load + 1}`;
    },
  };
}

/** Of a load id such as `1795861517.7003622`, cut; dlt rounds it where it is a time. */
function microseconds(id: string): number {
  const [seconds = '', fraction = ''] = id.split('.');
  return Number(seconds) * MICROSECONDS + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

/** Of a text such as `2026-11-28 10:25:17.700362+00`. */
function instantOf(text: string): number {
  const [, whole = '', fraction = ''] = /^([\d-]+ [\d:]+)(?:\.(\d+))?/.exec(text) ?? [];
  return Date.parse(`${whole}Z`) * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}
