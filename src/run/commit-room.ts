import { type CommitConfig, commitLimits } from '../destination/load-config.js';
import { Gate } from './gate.js';

/** Commits of more rows take long: others come meanwhile, as many as one of them has. */
const SMALL = 50_000;

/** Rows of one batch on their way from their page to a commit. */
export interface OpenRows {
  /** A commit of them is under way. */
  commit(): void;
  /** They are committed. May be called again. */
  end(): void;
}

/**
 * Bounds the rows that would be requested again if the process were killed: those that no commit
 * has are about as many as a commit takes. Pages wait for a commit that is under way, and for
 * nothing else: where there is none, rows make one due before they are too many.
 */
export class CommitRoom {
  /** In root rows: lists request no page while it is shut, and none ahead without room for it. */
  readonly gate: Gate;
  readonly #rows: number;
  #committing = 0;

  constructor(commit?: CommitConfig) {
    const { rows } = commitLimits(commit);
    this.#rows = rows;
    const most = Math.min(rows < SMALL ? Math.ceil(rows) - 1 : 2 * rows, Number.MAX_SAFE_INTEGER);
    this.gate = new Gate(most, Math.floor(most / 2));
  }

  /** Adds root rows of a page that goes into a batch. */
  add(rows: number): void {
    this.gate.add(rows);
  }

  /** Whether rows that no commit is under way for are as many as a commit takes. */
  readonly isDue = (): boolean => this.gate.inFlight - this.#committing >= this.#rows;

  /** Follows rows that were added and are in one batch now. */
  open(rows: number): OpenRows {
    let state: 'open' | 'committing' | 'ended' = 'open';
    return {
      commit: () => {
        if (state !== 'open') return;
        state = 'committing';
        this.#committing += rows;
      },
      end: () => {
        if (state === 'ended') return;
        if (state === 'committing') this.#committing -= rows;
        state = 'ended';
        this.gate.release(rows);
      },
    };
  }
}
