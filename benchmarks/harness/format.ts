import type { Field } from './results.js';
import { median } from './statistics.js';

/** Writes milliseconds as a reader takes them in: `1.86 s`, `62 ms`, `6.2 ms`. */
export function timeText(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(ms >= 99_950 ? 0 : ms >= 9_995 ? 1 : 2)} s`;
  return `${ms.toFixed(ms >= 9.95 ? 0 : 1)} ms`;
}

/** Writes the middle and the spread of times: `1.86 s (1.85–1.91)`. */
export function spreadText(times: readonly number[]): string {
  const middle = timeText(median(times));
  if (times.length < 2) return middle;
  const [least, most] = [timeText(Math.min(...times)), timeText(Math.max(...times))];
  return `${middle} (${least.split(' ')[1] === most.split(' ')[1] ? least.split(' ')[0] : least}–${most})`;
}

/** Writes a ratio with two digits that count: `0.017`, `0.28`, `1.4`, `28`. */
export function ratioText(ratio: number): string {
  if (ratio >= 9.95) return ratio.toFixed(0);
  if (ratio >= 1.995) return ratio.toFixed(1);
  return ratio >= 0.0995 ? ratio.toFixed(2) : ratio.toPrecision(2);
}

/** Writes a value of a field with its unit. */
export function valueText(value: number, field: Field): string {
  if (field.endsWith('Ms') || field === 'ms') return timeText(value);
  if (field.endsWith('MiB')) return `${value.toFixed(0)} MiB`;
  if (field === 'usedPercent') return `${value.toFixed(1)} %`;
  return Math.round(value).toLocaleString('en-US');
}
