import type { CursorRules } from '../../operators/cursor/cursor-config.js';
import {
  CursorProgress,
  type CursorSnapshot,
  type KeptCursor,
} from '../../operators/cursor/cursor-progress.js';
import { furtherOf, isSame } from '../../operators/cursor/further.js';
import { ownMember } from '../../operators/json/own-member.js';
import { tableHints } from '../../operators/schema/table-hints.js';
import { groupedDigits } from '../../operators/settings/grouped-digits.js';
import type { Compat } from '../../operators/types.js';
import type {
  CursorState,
  IncrementalState,
  KeptState,
  SourceState,
} from '../destination/messages.js';
import { ConfigError } from '../errors.js';
import { cursorOf } from './cursor-of.js';
import { dltCursor, dltState, keptCursor, withCursor } from './kept-cursor.js';
import { isCut } from './list-finding.js';
import type { ListEnd, Resource, RunContext, SourceEvent } from './source.js';
import { stateReader } from './state-reader.js';

/** The cursor of one resource in a run. */
export interface ResourceCursor {
  readonly config: CursorRules;
  /** The progress of the list of a parent's row. */
  readonly progressOf: (parent: string | null) => CursorProgress;
  /** Takes the end of a list, once. */
  readonly end: (end: ListEnd) => void;
}

/** How far the cursors of a resource have come. Plain JSON. */
export interface CursorsSnapshot {
  /** The furthest of the lists that were read. */
  sum: KeptCursor | null;
  isCut: boolean;
  /** Those of lists that are not at their ends. */
  open: readonly (readonly [parent: string | null, CursorSnapshot])[];
}

/** The cursors of a run: what they begin with, and what is kept of them. */
export interface RunCursors {
  /** What earlier runs kept of a list. */
  readonly state: RunContext['state'];
  /** The cursor of a resource; undefined for one that is not incremental. */
  readonly of: (resource: string) => ResourceCursor | undefined;
  /** Takes note of the ends of lists. */
  readonly note: (event: SourceEvent) => void;
  /** What is kept in the pipeline's state. */
  kept(): CursorState[];
  /**
   * How far the cursors of a resource have come by now; null for one that is not incremental. What
   * it returns may be called later.
   */
  snapshot(resource: string): (() => CursorsSnapshot) | null;
  /** Goes on where a load was stopped. */
  restore(resource: string, from: CursorsSnapshot): void;
}

/**
 * Makes the cursors of a run. A resource without a parent has one cursor, which dlt's state of the
 * pipeline keeps. In own mode each list of a resource with parents has its own, and dlt's state the
 * furthest of them; `compat: 'dlt'` has one for all, as dlt.
 *
 * A list that was not read to its end does not move its cursor in own mode: what was missed has to
 * be requested again.
 */
export function runCursors(
  resources: readonly Resource[],
  states: readonly KeptState[],
  source: SourceState | undefined,
  { compat, observe }: { compat: Compat; observe: (event: SourceEvent) => void },
): RunCursors {
  const read = stateReader(states);
  const own = new Map(
    resources.flatMap((resource) => {
      const config = cursorOf(resource);
      if (config === null) return [];
      const { name } = resource;
      // What is replaced is read as a whole, as in dlt.
      const isReplaced = tableHints(name, resource).writeDisposition === 'replace';
      const { incremental = {} } = ownMember(source?.resources ?? {}, name) ?? {};
      const before = ownMember(incremental, config.cursorPath);
      const hasLists = states.some(
        (one) => one.resource === name && keptCursor(one.state) !== null,
      );
      return [
        [
          name,
          new Cursors(name, { ...config, compat }, before, (parent) => {
            if (isReplaced) return null;
            // With dlt's rules there is no other: whoever deletes dlt's state begins anew.
            if (compat === 'dlt') return before === undefined ? null : dltCursor(before);
            // The document is that of one list; others have it where nothing is kept of any.
            return before !== undefined && (parent === null || !hasLists)
              ? dltCursor(before)
              : keptCursor(read(name, parent));
          }),
        ] as const,
      ];
    }),
  );
  for (const [resource, { config }] of own)
    if (config.rangeEnd === 'closed' && config.endValue === undefined)
      observe({
        kind: 'notice',
        resource,
        message:
          "`incremental.rangeEnd: 'closed'` does nothing without `endValue`: rows have no end then. Leave it out, or give `endValue`.",
      });
  return {
    state(resource, parent) {
      const state = read(resource, parent);
      const cursor = own.get(resource);
      return cursor === undefined || parent === undefined
        ? state
        : withCursor(state, cursor.begin(parent));
    },
    of: (resource) => own.get(resource),
    note(event) {
      if (event.kind === 'done') own.get(event.resource)?.end(event);
    },
    kept: () => [...own.values()].flatMap((cursor) => cursor.kept(observe)),
    snapshot: (resource) => own.get(resource)?.snapshot() ?? null,
    restore: (resource, from) => own.get(resource)?.restore(from),
  };
}

/** More hashes than this are worth a notice, as in dlt. */
const MANY_HASHES = 200;

class Cursors implements ResourceCursor {
  readonly config: CursorRules;
  readonly #resource: string;
  readonly #before: IncrementalState | undefined;
  readonly #isOne: boolean;
  readonly #keptOf: (parent: string | null) => KeptCursor | null;
  readonly #open = new Map<string | null, CursorProgress>();
  /** The furthest of the lists that were read, in this run or before. */
  #sum: KeptCursor | null;
  #isCut = false;

  constructor(
    resource: string,
    config: CursorRules,
    before: IncrementalState | undefined,
    keptOf: (parent: string | null) => KeptCursor | null,
  ) {
    this.#resource = resource;
    this.config = config;
    this.#before = before;
    this.#isOne = config.compat === 'dlt';
    this.#keptOf = keptOf;
    this.#sum = keptOf(null);
    requireSpan(config, resource);
  }

  begin(parent: string | null): KeptCursor | null {
    return this.#keptOf(parent);
  }

  readonly progressOf = (parent: string | null): CursorProgress => {
    const key = this.#isOne ? null : parent;
    let progress = this.#open.get(key);
    if (progress === undefined) {
      progress = new CursorProgress(this.config, this.#keptOf(parent), this.#resource);
      this.#open.set(key, progress);
    }
    return progress;
  };

  readonly end = (end: ListEnd): void => {
    if (this.#isOne) return;
    const progress = this.#open.get(end.parent);
    this.#open.delete(end.parent);
    if (isCut(end)) this.#isCut = true;
    else if (progress !== undefined)
      this.#sum = end.parent === null ? progress.kept() : this.#furthest(progress.kept());
  };

  snapshot(): () => CursorsSnapshot {
    const open = [...this.#open].map(([parent, one]) => [parent, one.snapshot()] as const);
    const [sum, isCut] = [this.#sum, this.#isCut];
    return () => ({ sum, isCut, open: open.map(([parent, one]) => [parent, one()]) });
  }

  restore({ sum, isCut, open }: CursorsSnapshot): void {
    this.#sum = sum;
    this.#isCut = isCut;
    for (const [parent, from] of open) this.progressOf(parent).resume(from);
  }

  kept(observe: (event: SourceEvent) => void): CursorState[] {
    const { cursorPath, endValue } = this.config;
    if (endValue !== undefined || this.#isCut) return [];
    const cursor = this.#isOne
      ? this.progressOf(null).kept()
      : (this.#sum ?? new CursorProgress(this.config, this.#keptOf(null)).kept());
    const { uniqueHashes } = cursor;
    const known = this.#before?.unique_hashes.length ?? 0;
    if (known <= MANY_HASHES && uniqueHashes.length > MANY_HASHES)
      observe({
        kind: 'notice',
        resource: this.#resource,
        message: `${groupedDigits(uniqueHashes.length)} rows have the same value at incremental.cursorPath \`${cursorPath}\`, the last one. A hash of each is kept in \`_sluice_positions\` and in dlt's state of the pipeline, which grows by them with each load. Use a path with finer values, or \`rangeStart: 'open'\` where rows of one value never come in two runs.`,
      });
    return [{ resource: this.#resource, cursorPath, state: dltState(cursor, this.#before) }];
  }

  #furthest(kept: KeptCursor): KeptCursor {
    const sum = this.#sum;
    const [one, other] = [sum?.lastValue ?? null, kept.lastValue];
    if (sum === null || one === null) return kept;
    if (other === null) return sum;
    if (isSame(one, other, this.config))
      return { ...sum, uniqueHashes: [...new Set([...sum.uniqueHashes, ...kept.uniqueHashes])] };
    return isSame(furtherOf(this.config)([one, other]), other, this.config)
      ? { ...kept, startValue: sum.startValue, ...doublesOf(kept, sum) }
      : sum;
  }
}

/** Which values of a cursor are doubles, where its start is that of another. */
function doublesOf(cursor: KeptCursor, start: KeptCursor): Pick<KeptCursor, 'doubles'> {
  return {
    doubles: [
      ...(cursor.doubles ?? []).filter((name) => name !== 'startValue'),
      ...(start.doubles ?? []).filter((name) => name === 'startValue'),
    ],
  };
}

/** Errors: ConfigError for an end that lies before the beginning. */
function requireSpan(config: CursorRules, resource: string): void {
  const { initialValue, endValue } = config;
  if (initialValue === undefined || endValue === undefined) return;
  if (!isSame(furtherOf(config, resource)([endValue, initialValue]), endValue, config))
    throw new ConfigError(
      `Resource ${resource}: \`incremental.endValue\` (${endValue}) lies before \`initialValue\` (${initialValue}), so no row is between them. Exchange them, or correct \`lastValueFunc\`.`,
    );
}
