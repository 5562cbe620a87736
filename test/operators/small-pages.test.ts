import { merge, Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SmallPages, smallPages } from '#operators/columns/small-pages.js';
import type { Page, Rows } from '#operators/types.js';
import { pageOf, rowsOf } from '../support/flat.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lines of these resources: what goes in by `send`, and what came out, such as `a0a1+ b0`. */
function gathered(names: readonly string[]): {
  send: (
    resource: string,
    index: number,
    about?: Partial<Page> & { bytes?: number; beside?: number },
  ) => void;
  end: (resource: string) => void;
  out: () => string;
} {
  const small: SmallPages = smallPages(500);
  const sources = new Map(names.map((name) => [name, new Subject<Rows>()]));
  const out: string[] = [];
  merge(...[...sources.values()].map((source) => source.pipe(small.gather()))).subscribe(
    ({ pages, continues }) =>
      out.push(
        `${pages.map(({ page }) => `${page.resource}${page.index}`).join('')}${continues ? '+' : ''}`,
      ),
  );
  return {
    send(resource, index, { bytes = 1, beside = 0, ...about } = {}) {
      const page = pageOf([`"${'x'.repeat(bytes)}"`], { resource, index, ...about });
      const rows = rowsOf(page);
      const body = new Uint8Array(rows.body.length + beside);
      body.set(rows.body);
      sources.get(resource)?.next({ ...rows, body });
    },
    end: (resource) => sources.get(resource)?.complete(),
    out: () => out.join(' '),
  };
}

describe('small pages of a load', () => {
  it('pass at once where they are the first of their resource, then wait for others', () => {
    const { send, out } = gathered(['a']);
    for (const index of [0, 1, 2]) send('a', index);
    expect(out()).toBe('a0');
    vi.advanceTimersByTime(500);
    expect(out()).toBe('a0 a1a2');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of all resources pass together, and belong into one batch', () => {
    const { send, out } = gathered(['parents', 'children']);
    send('parents', 0);
    send('children', 0);
    send('children', 1);
    send('parents', 1);
    send('children', 2);
    vi.advanceTimersByTime(500);
    expect(out()).toBe('parents0 children0 parents1+ children1children2');
  });

  it('go before a large page, also before one of another resource', () => {
    const { send, out } = gathered(['a', 'b']);
    send('a', 0);
    send('b', 0);
    send('a', 1);
    send('b', 1, { bytes: 20_000 });
    expect(out()).toBe('a0 b0 a1 b1');
  });

  it('do not wait where they belong together with the next page', () => {
    const { send, out } = gathered(['a', 'b']);
    send('a', 0);
    send('b', 0);
    send('a', 1, { continues: true });
    send('b', 1);
    send('b', 2);
    expect(out()).toBe('a0 b0 a1+ b1');
  });

  it('wait for so many others, and so many bytes', () => {
    const { send, out } = gathered(['a']);
    for (let index = 0; index <= 1_024; index += 1) send('a', index);
    expect(out().split(' ')).toHaveLength(2);
    for (let index = 0; index < 18; index += 1) send('a', index, { bytes: 15_000 });
    expect(out().split(' ')).toHaveLength(3);
  });

  it('of large documents wait for a few others', () => {
    const { send, out } = gathered(['a']);
    for (let index = 0; index < 7; index += 1) send('a', index, { beside: 2 * 1024 * 1024 });
    expect(out()).toBe('a0 a1a2a3a4');
  });

  it('pass when a resource is at its end, and leave no timer', () => {
    const { send, end, out } = gathered(['a', 'b']);
    send('a', 0);
    send('b', 0);
    send('a', 1);
    send('b', 1);
    end('a');
    expect(out()).toBe('a0 b0 a1+ b1');
    end('b');
    expect(vi.getTimerCount()).toBe(0);
  });
});
