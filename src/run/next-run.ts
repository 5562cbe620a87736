import type { ResumeSpec } from '../destination/messages.js';

/** What the next run of a source does. */
export interface NextRun {
  /**
   * `resume`: goes on with this load behind its last commit; `begin-anew`: starts from the
   * beginning, and deletes what this load has committed; `new-load`: this one is complete;
   * `unknown`: this one ended before it had read whether a load is to be gone on with.
   */
  does: 'resume' | 'begin-anew' | 'new-load' | 'unknown';
  /** A sentence on what it does, and why. */
  why: string;
  /** It resumes when it begins before; null where it does not resume. ISO 8601, UTC. */
  until: string | null;
}

/** What decides it. */
export interface RunState {
  isComplete: boolean;
  /** Whether the run read what earlier ones left. */
  isKnown: boolean;
  /** How the load can be resumed; null where the source or the destination cannot. */
  resume: Pick<ResumeSpec, 'maxAgeMs' | 'needsAllRows'> | null;
  /** The destination keeps parts of a load. */
  canCommit: boolean;
  /** When the latest commit of the load was, in milliseconds since 1970; null for none. */
  committedAt: number | null;
  /** Rows are known to be missing. */
  isIncomplete: boolean;
  /** Why a list cannot be read on; null for nothing. */
  blocked: { resource: string; why: string } | null;
  /** The configuration is the error: what corrects it may make it another one. */
  isConfig: boolean;
}

/** Says what the next run of the same source does, with the same options. Pure. */
export function nextRun(state: RunState): NextRun {
  const { resume, committedAt } = state;
  if (state.isComplete)
    return {
      does: 'new-load',
      why: 'it begins a load of its own; incremental resources go on from their cursors.',
      until: null,
    };
  const neverResumes = (resume?.maxAgeMs ?? null) === null;
  if (committedAt === null && (state.isKnown || neverResumes)) return anew('nothing is committed');
  if (committedAt === null)
    return {
      does: 'unknown',
      why: 'it resumes an unfinished load where there is one, else it starts from the beginning: this run ended before it read the destination.',
      until: null,
    };
  if (resume === null)
    return anew(
      state.canCommit
        ? 'this source does not say where its pages are, so its loads cannot be resumed; what is committed is deleted'
        : 'the destination keeps no unfinished loads',
    );
  if (resume.maxAgeMs === null)
    return anew('`resume` is false (`--restart`); what is committed is deleted');
  if (state.isIncomplete && resume.needsAllRows)
    return anew(
      "rows are known to be missing, and `incomplete` is 'fail'; what is committed is deleted",
    );
  if (state.blocked !== null)
    return anew(
      `a list of ${state.blocked.resource} cannot be read on: ${state.blocked.why}; what is committed is deleted`,
    );
  const until = isoTime(committedAt + resume.maxAgeMs);
  const unless = state.isConfig
    ? ' A corrected configuration that requests other data begins anew.'
    : '';
  return {
    does: 'resume',
    why: `it resumes this load behind its last commit${until === null ? '' : `, if it begins before ${until}`}.${unless}`,
    until,
  };
}

function anew(why: string): NextRun {
  return { does: 'begin-anew', why: `it starts from the beginning: ${why}.`, until: null };
}

/** Null for a time that a date cannot hold. */
function isoTime(ms: number): string | null {
  return ms > 8.64e15 ? null : new Date(ms).toISOString();
}
