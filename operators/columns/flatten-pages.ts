import { concatMap, defer, finalize, map as mapEach, type OperatorFunction, tap } from 'rxjs';
import { givenOptions } from '../settings/given-options.js';
import { requireInput } from '../settings/require-input.js';
import {
  count,
  flag,
  fn,
  map,
  name,
  names,
  record,
  required,
  type Shape,
  words,
} from '../settings/shape.js';
import type { Flat, Naming, Rows } from '../types.js';
import { columnShape } from './column-shape.js';
import { contractShape } from './contract-shape.js';
import { dispositionShape } from './disposition-shape.js';
import type { FlattenConfig } from './flatten-config.js';
import { flattener } from './flattener.js';
import { limitsShape } from './limits.js';
import { nestedShape } from './nested-shape.js';
import type { SmallPages } from './small-pages.js';
import type { SpareMemory } from './spare-memory.js';

/** What nobody outside a load sees. */
export interface FlattenWithin {
  /**
   * Where the columns of a page lie; whoever reads them last gives the buffer back. @default each
   * page has one of its own
   */
  memory?: SpareMemory | undefined;
  /** Where small pages wait for others. @default each page is flattened at once */
  small?: SmallPages | undefined;
  /** The pages do not wait themselves; those that wait go before them. @default false */
  isAtOnce?: boolean;
}

/** Flattens pages, as `flatten()` does. */
export function flattenPages(
  config: FlattenConfig,
  { memory, small, isAtOnce = false }: FlattenWithin = {},
): OperatorFunction<Rows, Flat> {
  const options = givenOptions('flatten()', config, SHAPE);
  return (source) =>
    defer(() => {
      const own = flattener(options, memory);
      return source.pipe(
        small === undefined
          ? mapEach((rows) => own.flatten(requireInput('flatten()', rows, 'rows')))
          : (rows) =>
              rows.pipe(
                small.gather(isAtOnce),
                concatMap((pages) => own.flattenTogether(pages)),
              ),
        tap({ complete: () => own.end() }),
        finalize(() => own.close()),
      );
    });
}

const NAMING: Shape<Naming> = {
  kind: 'value',
  label: 'snake_case or direct, with `:` and the bytes that a name may have where it is shortened',
  is: (value) => typeof value === 'string' && /^(?:snake_case|direct)(?::[1-9]\d+)?$/.test(value),
};

const SHAPE = record<FlattenConfig>('flatten()', {
  table: required(name),
  resource: name,
  writeDisposition: dispositionShape,
  primaryKey: names,
  mergeKey: names,
  columns: map(columnShape),
  nestedHints: map(nestedShape),
  maxTableNesting: count,
  cursorPath: name,
  rootKey: flag,
  compat: words('sluice', 'dlt'),
  naming: NAMING,
  schemaContract: contractShape,
  onUnmatchedHints: fn,
  onUnmatchedLists: fn,
  observe: fn,
  limits: limitsShape,
});
