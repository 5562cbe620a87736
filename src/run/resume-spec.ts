import { createHash } from 'node:crypto';
import type { Compat, Json, NamingConvention, SchemaContract } from '../../operators/types.js';
import { type CommitConfig, commitLimits } from '../destination/load-config.js';
import type { Refresh, ResumeSpec } from '../destination/messages.js';
import { configText } from './config-text.js';
import type { Source } from './source.js';

/** Whether an unfinished load is gone on with; true: by the defaults. */
export type ResumeOption = { maxAgeMs?: number } | boolean;

/** The options of a run that decide it, as `RunOptions` has them. */
interface ResumeOptions {
  refresh?: Refresh;
  schemaContract?: SchemaContract;
  quarantine?: boolean | string;
  incomplete?: 'warn' | 'fail';
  resume?: ResumeOption;
}

/** Changes when what is kept of unfinished loads is understood otherwise. */
const FORMAT = 1;
const DAY = 86_400_000;
/** As destinations have it where no commits are configured. */
const LONGEST_STAGED = 5_000;
/** Commits of fewer rows are wanted often. */
const FEW_ROWS = 50_000;

/** What of a pipeline and its run makes tables what they are. */
interface Tables {
  compat: Compat;
  naming: NamingConvention | undefined;
  inDefaultSchema: boolean;
}

/**
 * What decides whether a run goes on with an unfinished load, and what is kept of its own; null for
 * a source that cannot be resumed. The fingerprint is that of the source's requests, of all that
 * makes its tables, and of the options that decide what stays in them.
 */
export function resumeSpec(
  { name, fingerprint, resources, hints, start = {}, isTied = false }: Source,
  { refresh, schemaContract, quarantine, incomplete, resume = true }: ResumeOptions,
  tables: Tables,
  commit?: CommitConfig,
): ResumeSpec | null {
  if (fingerprint === undefined) return null;
  const counted = [FORMAT, name, fingerprint, resources, hints, tables];
  const text = configText([counted, { refresh, schemaContract, quarantine }], isLeftOut);
  const { maxAgeMs = DAY } = Object(resume) as { maxAgeMs?: number };
  return {
    fingerprint: createHash('sha256').update(text).digest('base64url').slice(0, 22),
    maxAgeMs: resume === false ? null : Math.min(maxAgeMs, Number.MAX_SAFE_INTEGER),
    start: start as unknown as Json,
    isTied,
    ...(commit !== undefined && { maxStagedMs: maxStagedMs(commit) }),
    needsAllRows: incomplete === 'fail',
  };
}

/** What is computed when a run begins, and what says how much a page may hold. */
function isLeftOut(path: readonly string[]): boolean {
  const [above, key] = path;
  if (path.length === 1) return above === 'limits';
  return (
    path.length === 2 && above === 'incremental' && (key === 'initialValue' || key === 'endValue')
  );
}

/** Staged rows wait no longer than others for a commit. */
function maxStagedMs(commit: CommitConfig): number {
  const { rows, ms } = commitLimits(commit);
  return rows < FEW_ROWS ? 0 : Math.min(ms ?? LONGEST_STAGED, LONGEST_STAGED);
}
