import { type Kernel, unexpected, withKernel } from '../columns/kernel.js';
import { type Limits, limitsOf } from '../columns/limits.js';
import { SelectError } from '../errors.js';
import { shortened } from '../settings/shortened.js';
import type { Json, Span } from '../types.js';
import { NO_ROWS } from './no-rows.js';
import { parseJson } from './parse-json.js';
import { readings } from './paths.js';

/** Where the rows of a document are, and which values are read beside them. */
export interface LocateOptions {
  /**
   * Where the rows are: paths (`readings`), of which the first that is there counts; `@` or `$` is
   * the whole document. Array elements by number.
   */
  selectors: readonly string[];
  /**
   * `map` and `array-or-map`: an object at the selector holds a row in each member. @default
   * 'array': an object is one row
   */
  rows?: 'array' | 'map' | 'array-or-map';
  /** Field that receives a map's key. @default '_key' */
  key?: string;
  /** Paths of values to read on the way. */
  paths?: readonly string[];
  /** @default 1,000 levels, 1 GiB */
  limits?: Partial<Limits>;
}

/** What was found in a document. */
export interface Located {
  span: Span;
  /**
   * The value of each path, in order; undefined where there is none. Integers beyond 2^53 are
   * BigInt.
   */
  values: (Json | undefined)[];
}

/**
 * Looks over a document once: proves it complete, finds its rows and counts them, reads single
 * values. Everything outside the rows is checked against RFC 8259 here; what is inside them when
 * they are walked.
 *
 * Errors: JsonError for a document that is broken or cut short; SelectError when no selector is
 * there, naming the keys that were, or when it leads to something that cannot be rows; LimitError.
 */
export function locate(body: Uint8Array, options: LocateOptions): Located {
  const limits = limitsOf(options.limits);
  return withKernel(body, limits, (kernel) => {
    const { start } = kernel.put(body, limits);
    const search = new Search(kernel, body, limits, options);
    const end = kernel.call.blanks(search.value(start, [])) - kernel.page;
    if (end < body.length) throw search.refuse(end);
    return { span: search.span(), values: (options.paths ?? []).map((path) => search.read(path)) };
  });
}

/** One way to read a selector. */
interface Reading {
  selector: string;
  keys: readonly string[];
}

interface Found {
  start: number;
  end: number;
  rows: number;
}

/**
 * One pass over a document. Only objects that lie on the way to a selector or path are entered; all
 * else is skipped.
 */
class Search {
  readonly #kernel: Kernel;
  readonly #body: Uint8Array;
  readonly #limits: Limits;
  readonly #options: LocateOptions;
  readonly #selectors: readonly Reading[];
  /** All that is looked for, the selectors first. */
  readonly #wanted: readonly (readonly string[])[];
  readonly #found = new Map<string, Found>();
  readonly #keys: string[] = [];

  constructor(kernel: Kernel, body: Uint8Array, limits: Limits, options: LocateOptions) {
    this.#kernel = kernel;
    this.#body = body;
    this.#limits = limits;
    this.#options = options;
    this.#selectors = options.selectors.flatMap((selector) =>
      readings(selector).map((keys) => ({ selector, keys })),
    );
    this.#wanted = [
      ...this.#selectors.map(({ keys }) => keys),
      ...(options.paths ?? []).flatMap(readings),
    ];
  }

  /** Passes the value at address `at`, found at `path`; the address behind it. */
  value(at: number, path: readonly string[]): number {
    const { call, page } = this.#kernel;
    if (path.length > 0) this.#forget(path);
    const first = this.#kernel.u8[at];
    const selected = this.#selectors.some(({ keys }) => same(keys, path));
    const wanted = selected || this.#wanted.some((keys) => same(keys, path));
    const isObject = first === 0x7b;
    const enter =
      (isObject || first === 0x5b) && this.#wanted.some((longer) => within(longer, path));
    let end: number;
    let rows = 1;
    if (enter) {
      [end, rows] = this.#members(at, path, isObject);
    } else if (selected && (isObject || first === 0x5b)) {
      end = this.#checked(call.skipRows(at, this.#kernel.page + this.#body.length));
      rows = call.rowsCounted();
    } else {
      end = this.#checked(call.skipJson(at, path.length));
    }
    if (wanted) this.#found.set(nameOf(path), { start: at - page, end: end - page, rows });
    return end;
  }

  /**
   * Passes the members or elements of the value at `at` one by one; the address behind it and their
   * number.
   */
  #members(at: number, path: readonly string[], isObject: boolean): [number, number] {
    const { call } = this.#kernel;
    const close = isObject ? 0x7d : 0x5d;
    let p = call.blanks(at + 1);
    if (this.#byte(p) === close) return [p + 1, 0];
    for (let count = 0; ; p = call.blanks(p + 1)) {
      let key = String(count);
      if (isObject) {
        if (this.#byte(p) !== 0x22) throw this.refuse(p - this.#kernel.page);
        p = call.blanks(this.#checked(call.skipJson(p, path.length)));
        key = this.#skippedString();
        if (path.length === 0) this.#keys.push(key);
        if (this.#byte(p) !== 0x3a) throw this.refuse(p - this.#kernel.page);
        p = call.blanks(p + 1);
      }
      p = call.blanks(this.value(p, [...path, key]));
      count += 1;
      if (this.#byte(p) === close) return [p + 1, count];
      if (this.#byte(p) !== 0x2c) throw this.refuse(p - this.#kernel.page);
    }
  }

  /**
   * A key that comes twice in one object: the last one counts (as in JSON.parse), so all that lay
   * beneath the earlier is dropped.
   */
  #forget(path: readonly string[]): void {
    for (const wanted of this.#wanted) {
      const found = within(wanted, path, 0) ? this.#found.get(nameOf(wanted)) : undefined;
      if (found === undefined) continue;
      // It was only skipped, and nobody will walk it.
      this.#checked(this.#kernel.call.skipJson(this.#kernel.page + found.start, wanted.length));
      this.#found.delete(nameOf(wanted));
    }
  }

  /**
   * The rows at the first selector that is there. What other selectors found was only skipped, so
   * it is checked now.
   */
  span(): Span {
    const chosen = this.#selectors.find(({ keys }) => this.#found.has(nameOf(keys)));
    for (const { keys } of this.#selectors) {
      const other = this.#found.get(nameOf(keys));
      if (
        other !== undefined &&
        keys !== chosen?.keys &&
        !(chosen !== undefined && within(chosen.keys, keys))
      )
        this.#checked(this.#kernel.call.skipJson(this.#kernel.page + other.start, keys.length));
    }
    if (chosen === undefined) throw new SelectError(this.#nowhere());
    const { start, end, rows } = this.#found.get(nameOf(chosen.keys)) as Found;
    const first = this.#body[start];
    if (first === 0x6e) return NO_ROWS;
    const { rows: shape = 'array', key } = this.#options;
    if (first === 0x5b && shape !== 'map') return { kind: 'array', start, end, count: rows };
    if (first === 0x7b && shape !== 'array')
      return { kind: 'map', start, end, count: rows, key: key ?? '_key' };
    if (shape === 'array') return { kind: 'value', start, end, count: 1 };
    // PHP writes an empty map as an empty array.
    if (first === 0x5b && rows === 0) return NO_ROWS;
    throw new SelectError(
      `Selector \`${chosen.selector || '@'}\` must lead to a map of rows and leads to ${kindOf(first)}. Set rows: "array" for it.`,
    );
  }

  read(path: string): Json | undefined {
    const [found] = readings(path).flatMap((keys) => this.#found.get(nameOf(keys)) ?? []);
    return found === undefined ? undefined : parseJson(this.#body.subarray(found.start, found.end));
  }

  refuse(offset: number): Error {
    return unexpected(this.#body, offset);
  }

  #checked(end: number): number {
    if (end === 0) throw this.#kernel.refusal(this.#body, this.#limits);
    return end;
  }

  #byte(at: number): number {
    return this.#kernel.u8[at] as number;
  }

  #skippedString(): string {
    const { call } = this.#kernel;
    return JSON.parse(this.#kernel.text(call.scratchText(), call.scratchLength())) as string;
  }

  #nowhere(): string {
    const wanted = this.#options.selectors.map((selector) => `\`${selector}\``).join(' or ');
    const shown = this.#keys.slice(0, 20).map((key) => `\`${shortened(key, 60)}\``);
    const there =
      this.#keys.length > 0
        ? `The keys there are: ${shown.join(', ')}${this.#keys.length > 20 ? `, and ${this.#keys.length - 20} more` : ''}.`
        : `The document is ${kindOf(this.#body[this.#kernel.call.blanks(this.#kernel.page) - this.#kernel.page])} without keys; select it with \`@\`.`;
    return `Nothing is at ${wanted}. ${there}`;
  }
}

/** Returns keys as one text that no others give. */
function nameOf(keys: readonly string[]): string {
  return keys.join('\0');
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && within(a, b, 0);
}

/** Returns true where `path` leads to a place on the way to `longer`. */
function within(longer: readonly string[], path: readonly string[], more = 1): boolean {
  return longer.length >= path.length + more && path.every((key, i) => key === longer[i]);
}

function kindOf(first: number | undefined): string {
  if (first === 0x5b) return 'an array';
  if (first === 0x7b) return 'an object';
  if (first === 0x22) return 'a string';
  if (first === 0x6e) return 'null';
  return first === 0x74 || first === 0x66 ? 'a boolean' : 'a number';
}
