import { ConfigError } from '../errors.js';

/**
 * What a condition consists of: texts, quoted names, comments and texts between dollars are kept as
 * they are; `$1` names a parameter.
 */
const PARTS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\d+)|\$(\w*)\$[\s\S]*?\$\2\$|\?|[^'"$?/-]+|[\s\S]/g;

/**
 * A condition whose parameters `$1`, `$2`, … are those of the whole query, where `before` others
 * come first.
 *
 * Errors: ConfigError for a parameter that was not given, one that the condition does not use, and
 * `?`, which has no number.
 */
export function renumber(condition: string, given: number, before: number): string {
  const used = new Set<number>();
  const text = condition.replaceAll(PARTS, (part: string, number?: string) => {
    if (part === '?')
      throw new ConfigError(
        `The condition \`${condition}\` has a parameter \`?\`. Write $1, $2, … for parameters.`,
      );
    if (number === undefined) return part;
    used.add(Number(number));
    return `$${Number(number) + before}`;
  });
  for (const number of used)
    if (number < 1 || number > given)
      throw new ConfigError(
        `The condition \`${condition}\` uses $${number}, and ${given === 0 ? 'no parameter was' : `${given} parameter${given === 1 ? ' was' : 's were'}`} given: where('… $1', value).`,
      );
  for (let number = 1; number <= given; number += 1)
    if (!used.has(number))
      throw new ConfigError(
        `The condition \`${condition}\` does not use parameter $${number}. Leave it out, or use it.`,
      );
  return text;
}
