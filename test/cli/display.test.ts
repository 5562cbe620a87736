import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { display, type Output } from '#src/cli/display.js';
import type { RunEvent } from '#src/run/run-event.js';

function written(isTTY: boolean): Output & { text: string } {
  return {
    isTTY,
    columns: 60,
    text: '',
    write(text: string) {
      this.text += text;
    },
  };
}

const waiting = (): RunEvent => ({
  kind: 'wait',
  resource: 'orders',
  reason: 'the API limits requests to 5 a minute',
  until: Date.now() + 60_000,
});

describe('display', () => {
  afterEach(() => vi.useRealTimers());

  /** What is written in the first four seconds of a wait. */
  function shownWhileWaiting(isTTY: boolean): string {
    vi.useFakeTimers();
    const output = written(isTTY);
    const shown = display(output, { quiet: false, env: {} });
    shown.observe('shop')(waiting());
    vi.advanceTimersByTime(isTTY ? 150 : 4_000);
    const { text } = output;
    shown.close();
    return text;
  }

  it('writes whole lines where there is no terminal', () => {
    expect(shownWhileWaiting(false)).toMatch(
      /^shop {2}0 requests, .*; orders waits 57\.0 s: the API limits requests to 5 a minute\n$/,
    );
  });

  it('writes the reason of a wait first where the terminal is too narrow for the whole line', () => {
    const text = stripVTControlCharacters(shownWhileWaiting(true));
    expect(text).toMatch(/^shop {2}orders waits 59\.9 s: the API limits requests to 5 a/);
    expect(text.trimEnd().length).toBe(59);
  });

  it('removes ^C when it clears its lines', () => {
    vi.useFakeTimers();
    const output = written(true);
    const shown = display(output, { quiet: false, env: {} });
    shown.observe('shop')(waiting());
    vi.advanceTimersByTime(150);
    output.text = '';
    shown.close();
    expect(output.text).toBe('\r\x1b[1A\x1b[0J');
  });

  it('writes each notice once', () => {
    const output = written(false);
    const shown = display(output, { quiet: false, env: {} });
    const observe = shown.observe('shop');
    for (let i = 0; i < 3; i += 1)
      observe({ kind: 'notice', resource: 'orders', message: 'the list ended' });
    shown.close();
    expect(output.text).toBe('shop: orders: the list ended\n');
  });

  it('writes nothing when quiet', () => {
    const output = written(true);
    const shown = display(output, { quiet: true, env: {} });
    shown.observe('shop')({ kind: 'notice', resource: 'orders', message: 'the list ended' });
    shown.note('hello');
    shown.close();
    expect(output.text).toBe('');
  });
});
