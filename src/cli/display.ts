import { styleText } from 'node:util';
import { advance, noProgress, type Progress, progressLine } from '../run/progress.js';
import type { RunEvent } from '../run/run-event.js';

/** Where the display writes; `isTTY` is true for a terminal. */
export interface Output {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** The lines that a run shows while it goes on. */
export interface Display {
  /** The observer to hand to the run of one pipeline. */
  observe(pipeline: string): (event: RunEvent) => void;
  /** Writes a line that stays, above the live lines. */
  note(line: string): void;
  /** Clears the live lines and stops. May be called again. */
  close(): void;
}

/** A terminal is redrawn at most ten times a second. */
const REDRAW_MS = 100;
/** For a log, one plain line per pipeline every few seconds is enough. */
const PLAIN_MS = 3_000;

/**
 * Shows the progress of runs. On a terminal (not under `CI` or `TERM=dumb`): live lines, cut to its
 * width. Elsewhere: one plain line per pipeline every three seconds. When quiet: nothing. Notices
 * of the sources are written as they are emitted, each once.
 */
export function display(
  output: Output,
  options: { quiet: boolean; env?: NodeJS.ProcessEnv },
): Display {
  const env = options.env ?? process.env;
  const live = output.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb';
  const runs = new Map<string, Progress>();
  const noted = new Set<string>();
  let drawn = 0;

  function wipe(): void {
    // Starts at the beginning of the line, because a terminal writes ^C at the cursor.
    if (drawn > 0) output.write(`\r\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  }
  function draw(): void {
    wipe();
    const width = live ? (output.columns ?? 80) - 1 : Infinity;
    for (const [name, progress] of runs) {
      const text = progressLine(progress, Date.now(), width - name.length - 2);
      const line = `${name}  ${text}`.slice(0, width);
      output.write(`${live ? line.replace(name, styleText('bold', name)) : line}\n`);
      if (live) drawn += 1;
    }
  }
  const timer = options.quiet ? undefined : setInterval(draw, live ? REDRAW_MS : PLAIN_MS).unref();
  function note(line: string): void {
    if (options.quiet) return;
    wipe();
    output.write(`${line}\n`);
  }

  return {
    observe(pipeline) {
      runs.set(pipeline, noProgress());
      return (event) => {
        runs.set(pipeline, advance(runs.get(pipeline) ?? noProgress(), event));
        if (event.kind !== 'notice') return;
        const line = [pipeline, event.resource ?? [], event.message].flat().join(': ');
        if (!noted.has(line)) note(line);
        noted.add(line);
      };
    },
    note,
    close() {
      clearInterval(timer);
      wipe();
    },
  };
}
