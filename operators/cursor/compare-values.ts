import { compareCodePoints } from '../json/compare-code-points.js';
import type { Compat } from '../types.js';
import type { CursorValue } from './cursor-config.js';
import { timeParts } from './time-parts.js';

/**
 * The order of two values of a cursor: negative, 0 or positive. Numbers and bigints compare with
 * each other. Times compare by their moment, however they are written (`10:00:00.5Z`,
 * `12:00:00.500+02:00`; without a zone they are UTC, as in tables), other texts by their
 * characters. With `compat: 'dlt'` times are texts like any other, as in dlt.
 */
export function compareValues(a: CursorValue, b: CursorValue, compat: Compat): number {
  if (typeof a !== 'string' || typeof b !== 'string')
    return typeof a === 'string' || typeof b === 'string'
      ? compareCodePoints(String(a), String(b))
      : a > b
        ? 1
        : a < b
          ? -1
          : 0;
  if (a === b) return 0;
  if (compat === 'dlt' || isOneForm(a, b)) return compareCodePoints(a, b);
  const [one, other] = [momentOf(a), momentOf(b)];
  if (one === null || other === null) return compareCodePoints(a, b);
  return one.ms - other.ms || compareCodePoints(one.digits, other.digits);
}

/**
 * Texts in one form have the order of their characters, and so have two with one zone that are not
 * of the same second: nothing has to be read.
 */
function isOneForm(a: string, b: string): boolean {
  if (!isClock(a) || !isClock(b)) return true;
  if (a[10] !== b[10] || zoneIn(a) !== zoneIn(b)) return false;
  if (a.length === b.length) return a[19] === b[19];
  return a[16] === ':' && b[16] === ':' && !a.startsWith(b.slice(0, 19));
}

/** Whether a text looks like a time, by the characters at two places. */
function isClock(text: string): boolean {
  return text.length > 15 && text[4] === '-' && text[13] === ':';
}

function zoneIn(text: string): string {
  const last = text.at(-1);
  if (last === 'Z' || last === 'z') return last;
  return isSign(text.at(-6)) ? text.slice(-6) : isSign(text.at(-5)) ? text.slice(-5) : '';
}

function isSign(character: string | undefined): boolean {
  return character === '+' || character === '-';
}

/**
 * The whole seconds of a time in milliseconds, and its further digits without zeros behind them:
 * they may be more than a number holds.
 */
function momentOf(text: string): { ms: number; digits: string } | null {
  const { date, separator, clock, fraction = '', zone = 'Z' } = timeParts(text) ?? {};
  if (date === undefined || separator === undefined || clock === undefined) return null;
  const whole = clock.slice(0, clock.length - fraction.length);
  const ms = Date.parse(`${date}T${whole}${zone.replace(/^(...)(\d\d)$/, '$1:$2').toUpperCase()}`);
  return Number.isNaN(ms) ? null : { ms, digits: fraction.slice(1).replace(/0+$/, '') };
}
