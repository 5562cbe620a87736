import type { Json } from '../../operators/types.js';
import type { PendingProgress } from '../destination/load-run.js';
import type { LoadProgress } from '../destination/messages.js';
import type { CursorsSnapshot, RunCursors } from './run-cursors.js';
import { type ResourceSnapshot, runTally } from './run-tally.js';
import type { SourceEvent, SourcePage } from './source.js';

/** What is kept of a resource with each commit, so that a load can be resumed. Plain JSON. */
export interface KeptProgress {
  tally: ResourceSnapshot;
  /** Where its rows were found. */
  selector?: string;
  /** How far its cursors have come. */
  cursors?: CursorsSnapshot;
  /** What APIs had asked for by then, by host. @default no wait */
  waits?: Readonly<Record<string, KeptWait>>;
}

/**
 * Until when a host is to be sent nothing (milliseconds since 1970), and how long that was then.
 */
interface KeptWait {
  until: number;
  ms: number;
}

/** Keeps account of the pages of a run that go into batches, in their order. */
export interface RunJournal {
  /** Takes note of a request, or of what a schema contract or `flatten` left out of a page. */
  note(event: SourceEvent): void;
  /** Takes a page behind all that reads its rows. */
  take(page: SourcePage): void;
  /**
   * What is to be kept of the resources that had pages since the last call. To be called when a
   * batch has taken its last page; it holds for that page whenever it is made.
   */
  pending(): PendingProgress;
  /** Goes on where a load was stopped. */
  restore(resource: string, kept: KeptProgress): void;
}

/**
 * A trace counts what has happened, pages that are not committed among it. This counts the pages of
 * one batch after another, so that what is kept with a commit holds for its last page exactly.
 */
export function runJournal(names: readonly string[], cursors: RunCursors): RunJournal {
  const tally = runTally(names);
  const selectors = new Map<string, string>();
  const changed = new Set<string>();
  const waits = new Map<string, KeptWait>();

  function kept(resource: string): () => LoadProgress {
    const own = tally.snapshot(resource);
    const selector = selectors.get(resource);
    const isIncomplete = tally.isIncomplete(resource);
    const ofCursors = cursors.snapshot(resource);
    return () => {
      const content = {
        tally: own,
        ...(selector !== undefined && { selector }),
        ...(ofCursors !== null && { cursors: ofCursors() }),
        ...(waits.size > 0 && { waits: Object.fromEntries(waits) }),
      };
      return { isIncomplete, content: content as unknown as Json };
    };
  }

  return {
    note(event) {
      if (event.kind === 'request' || event.kind === 'discard') tally.add(event);
      if (event.kind === 'skip' && event.reason === 'null-row') tally.add(event);
      if (event.kind === 'wait' && event.host !== undefined)
        waits.set(event.host, { until: event.until, ms: event.until - Date.now() });
    },
    take({ resource, selector, events = [] }) {
      for (const event of events) {
        tally.add(event);
        changed.add(event.resource);
      }
      changed.add(resource);
      if (typeof selector === 'string') selectors.set(resource, selector);
    },
    pending() {
      const found = Object.fromEntries(
        [...changed]
          .filter((resource) => names.includes(resource))
          .map((resource) => [resource, kept(resource)]),
      );
      changed.clear();
      return found;
    },
    restore(resource, { tally: own, selector }) {
      tally.restore(resource, own);
      if (selector !== undefined) selectors.set(resource, selector);
    },
  };
}
