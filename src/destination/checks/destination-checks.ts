import { givenOptions } from '../../../operators/settings/given-options.js';
import { requireShape } from '../../../operators/settings/require-shape.js';
import { fn, record, whole } from '../../../operators/settings/shape.js';
import { destinationShape } from '../destination-shape.js';
import type { Capabilities, Destination } from '../destination.js';
import { ABORT_CHECKS } from './abort-checks.js';
import type { CheckDefinition } from './checked-load.js';
import { DISPOSITION_CHECKS } from './disposition-checks.js';
import { largeChecks } from './large-checks.js';
import { MERGE_CHECKS } from './merge-checks.js';
import { READ_CHECKS } from './read-checks.js';
import { REFRESH_CHECKS } from './refresh-checks.js';
import { SESSION_CHECKS } from './session-checks.js';
import { VALUE_CHECKS } from './value-checks.js';

/** One thing that every destination must do. */
export interface DestinationCheck {
  /** A statement, as a test is named. */
  name: string;
  /** Rejects with an AssertionError where the destination does something else. */
  run: () => Promise<void>;
}

/** How thorough the checks are. */
export interface DestinationChecksConfig {
  /** Rows of the largest load. @default 100,000 */
  manyRows?: number;
}

const SHAPE = record<DestinationChecksConfig>('destinationChecks()', { manyRows: whole(1) });

/**
 * The checks that a destination of these capabilities must pass: append, replace, merge, refresh,
 * values and names at their limits, many rows, what an aborted load leaves and how it is resumed,
 * states and cursors, and reading while loading. Each makes a destination of its own and closes it.
 * They need no test runner.
 *
 * @param make gives an empty destination, another one every time; it is called once for the
 * capabilities too
 * @example for (const { name, run } of destinationChecks(() => memory())) it(name, run);
 */
export function destinationChecks(
  make: () => Destination,
  config?: DestinationChecksConfig | null,
): DestinationCheck[] {
  const { manyRows = 100_000 } = givenOptions('destinationChecks()', config, SHAPE);
  requireShape('The function of destinationChecks()', make, fn);
  const { capabilities } = requireShape('What `make` returns', make(), destinationShape);
  return [
    ...DISPOSITION_CHECKS,
    ...MERGE_CHECKS,
    ...REFRESH_CHECKS,
    ...VALUE_CHECKS,
    ...SESSION_CHECKS,
    ...ABORT_CHECKS,
    ...READ_CHECKS,
    ...largeChecks(manyRows),
  ]
    .filter(({ needs }) => needs.every((need) => has(capabilities, need)))
    .map(({ name, run }) => ({
      name,
      async run() {
        const destination = make();
        try {
          await run(destination);
        } finally {
          await destination.close();
        }
      },
    }));
}

function has(
  { dispositions, mergeStrategies = ['delete-insert'], refresh = [], commits }: Capabilities,
  need: CheckDefinition['needs'][number],
): boolean {
  if (need === 'commits') return commits;
  const merging: readonly string[] = dispositions.includes('merge') ? mergeStrategies : [];
  return [...dispositions, ...merging, ...refresh].includes(need);
}
