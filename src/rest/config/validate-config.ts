import { configError, type Problem } from '../../../operators/settings/problem.js';
import { withoutNulls } from '../../../operators/settings/without-nulls.js';
import { problemsIn } from '../shape/problems-in.js';
import { resourceProblems } from './resource-problems.js';
import type { RestConfig } from './rest-config.js';
import { restShape } from './rest-shape.js';

/**
 * A config without what counts as not given (`withoutNulls`). ConfigError naming everything that is
 * wrong with it, each with its path, what was found and what is allowed; secrets are not shown.
 */
export function validateConfig(config: unknown): RestConfig {
  const problems = configProblems(config);
  if (problems.length === 0) return withoutNulls(config as RestConfig, restShape);
  const { name } = Object(config) as { name?: unknown };
  throw configError(
    `Source \`${typeof name === 'string' && name !== '' ? name : 'rest_api'}\``,
    problems,
  );
}

/**
 * Everything that is wrong with a config. Where the client or the defaults are wrong, what follows
 * from them is not looked at.
 */
export function configProblems(written: unknown): Problem[] {
  const config = withoutNulls(written, restShape);
  const problems = problemsIn(config, restShape);
  const { resources } = Object(config) as { resources?: unknown };
  if (
    !Array.isArray(resources) ||
    problems.some(({ path }) => path === 'client' || path.startsWith('resourceDefaults'))
  )
    return problems;
  const isSound = (index: number): boolean =>
    !problems.some(
      ({ path }) => path === `resources[${index}]` || path.startsWith(`resources[${index}].`),
    );
  return [...problems, ...resourceProblems(config as RestConfig, isSound)];
}
