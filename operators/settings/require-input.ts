import { ConfigError } from '../errors.js';
import { isObject } from '../json/is-object.js';
import type { Batch, Flat, LoadStep, Page, Rows, Shaped } from '../types.js';
import { valueText } from './value-text.js';

/** What flows between operators. */
interface Inputs {
  page: Page;
  rows: Rows;
  flat: Flat;
  shaped: Shaped;
  batch: Batch;
  step: LoadStep;
}

interface Kind {
  name: keyof Inputs;
  is: (value: Readonly<Record<string, unknown>>) => boolean;
  words: string;
  /** The operator that makes it. */
  by: string;
}

/** In the order in which one is made of the other. */
const KINDS: readonly Kind[] = [
  {
    name: 'page',
    is: ({ body, rows, resource }) => isBytes(body) && isObject(rows) && isText(resource),
    words: 'a page',
    by: 'endpoint()',
  },
  {
    name: 'rows',
    is: ({ page, body, span }) => isObject(page) && isBytes(body) && isObject(span),
    words: 'the rows of a page',
    by: 'select()',
  },
  {
    name: 'flat',
    is: ({ page, tables, changes }) => isObject(page) && isList(tables) && !isList(changes),
    words: 'a page as columns',
    by: 'flatten()',
  },
  {
    name: 'shaped',
    is: ({ page, tables, changes }) => isObject(page) && isList(tables) && isList(changes),
    words: 'a page fitted to its schema',
    by: 'evolve()',
  },
  {
    name: 'batch',
    is: ({ tables, positions }) => isList(tables) && isList(positions),
    words: 'a batch',
    by: 'batch()',
  },
  {
    name: 'step',
    is: ({ loadId, tables }) => isText(loadId) && isObject(tables),
    words: 'a step of a load',
    by: 'load()',
  },
];

/**
 * Checks what comes into an operator, and returns it: operators in a wrong order would fail
 * somewhere within. The compiler refuses them; plain JavaScript does not.
 *
 * Errors: ConfigError that says what came, what the operator takes, and where it belongs.
 *
 * @param operator as it is called, for example `flatten()`
 */
export function requireInput<Name extends keyof Inputs>(
  operator: string,
  value: Inputs[Name],
  name: Name,
): Inputs[Name] {
  const wanted = KINDS.findIndex((kind) => kind.name === name);
  const { is, words, by } = KINDS[wanted] as Kind;
  if (isObject(value as unknown) && is(value as never)) return value;
  const found = isObject(value as unknown)
    ? KINDS.findIndex((kind) => kind.is(value as never))
    : -1;
  const what =
    found === -1 ? valueText(value) : `${KINDS[found]?.words}, which ${KINDS[found]?.by} emits,`;
  throw new ConfigError(
    `${operator} takes ${words}, which ${by} emits, and ${what} came. ${advice(operator, wanted, found)}`,
  );
}

function advice(operator: string, wanted: number, found: number): string {
  const makers = (after: number, to: number): string[] =>
    KINDS.slice(after + 1, to + 1).map(({ by }) => by);
  if (found === -1) {
    const between = listed(makers(0, wanted));
    return `Begin with endpoint()${wanted === 0 ? '' : `, or with fromObjects() for rows from elsewhere`}${between === '' ? '' : `, and put ${between} before ${operator}`}.`;
  }
  if (found < wanted) return `Put ${listed(makers(found, wanted))} before ${operator}.`;
  const [first] = makers(wanted, found).filter((by) => by !== operator);
  return first === undefined
    ? `Its work is done already: leave this ${operator} out.`
    : `Put ${operator} before ${first}.`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function isBytes(value: unknown): boolean {
  return ArrayBuffer.isView(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isList(value: unknown): boolean {
  return Array.isArray(value);
}
