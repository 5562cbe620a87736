import { describe, expect, it } from 'vitest';
import { display, type Output } from '#src/cli/display.js';

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

describe('display', () => {
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
