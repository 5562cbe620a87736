import { ConfigError } from '../errors.js';

/** A span of time that an endpoint is asked for piece by piece. */
export interface WindowConfig {
  /** Query parameters for begin and end of a piece, both in unix seconds. */
  startParam: string;
  endParam: string;
  /** Unix seconds. */
  start: number;
  /** Unix seconds; not itself in the span. */
  end: number;
  /** Length of a piece, in seconds. @default 86,400: a day */
  size?: number;
}

/**
 * The query parameters of each piece, oldest first. A piece ends where the next one begins: services differ in whether an end
 * is part of a window, so rows on the border may come twice and must be merged by key. An empty span has no pieces.
 */
export function windowParams({ startParam, endParam, start, end, size = 86_400 }: WindowConfig): Record<string, number>[] {
  if (!(Number.isFinite(start) && Number.isFinite(end) && size > 0)) throw new ConfigError('A window needs start and end in unix seconds and a size above 0.');
  if (end < start) throw new ConfigError(`The window ends (${end}) before it starts (${start}); give start and end in unix seconds, the earlier one first.`);
  const pieces: Record<string, number>[] = [];
  for (let from = start; from < end; from += size) pieces.push({ [startParam]: from, [endParam]: Math.min(from + size, end) });
  return pieces;
}
