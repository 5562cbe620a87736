import { ConfigError } from '../errors.js';

/** One thing that is wrong with a config. */
export interface Problem {
  /** Where: `resources[2].endpoint.path`; an empty text for the config itself. */
  path: string;
  /** What was found and what is allowed, as one sentence or more. No secrets. */
  message: string;
}

/**
 * All problems of a config in one error, each with its place. @param whose shown in front, for
 * example ``Source `shop` ``
 */
export function configError(whose: string, problems: readonly Problem[]): ConfigError {
  const lines = problems.map(({ path, message }) =>
    path === '' ? message : `\`${path}\`: ${message}`,
  );
  if (lines.length === 1) return new ConfigError(`${whose}: ${lines[0]}`);
  return new ConfigError(
    `${whose}: ${lines.length} things are wrong:\n${lines.map((line) => `  - ${line}`).join('\n')}`,
  );
}

/** The path of a member or element. */
export function below(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key.slice(0, 60))}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** The ConfigError of a rule, as a problem. */
export function problemsOf(rule: () => unknown, path: string): Problem[] {
  try {
    rule();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return [{ path, message: error.message }];
    throw error;
  }
}
