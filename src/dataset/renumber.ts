import { ConfigError } from '../errors.js';

/**
 * What a condition consists of: texts, quoted names, comments and texts between dollars are kept as
 * they are; `$1` names a parameter.
 */
const PARTS =
  /[eE]'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\d+)|\$(\w*)\$[\s\S]*?\$\2\$|\?|(?:(?![eE]')[^'"$?/-])+|[\s\S]/g;

/**
 * A condition whose parameters `$1`, `$2`, … are those of the whole query, where `before` others
 * come first.
 *
 * Errors: ConfigError for a parameter that was not given, one that the condition does not use, `?`,
 * which has no number, and brackets without their other half: what stands behind would be taken for
 * a part of the condition.
 */
export function renumber(condition: string, given: number, before: number): string {
  const used = new Set<number>();
  let depth = 0;
  const text = condition.replaceAll(PARTS, (part: string, number?: string) => {
    if (part === '?')
      throw new ConfigError(
        `The condition \`${condition}\` has a parameter \`?\`. Write $1, $2, … for parameters.`,
      );
    if (number === undefined) {
      depth = afterBrackets(part, depth);
      if (depth < 0) throw unbalanced(condition);
      return part;
    }
    used.add(Number(number));
    return `$${Number(number) + before}`;
  });
  if (depth > 0) throw unbalanced(condition);
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

/** Brackets that are open behind a part of a condition; below 0 where one is closed too many. */
function afterBrackets(part: string, depth: number): number {
  // Texts, names and comments are parts of their own.
  if (/^[eE]?['"$]|^--|^\/\*/.test(part)) return depth;
  let open = depth;
  for (const [bracket] of part.matchAll(/[()]/g)) {
    open += bracket === '(' ? 1 : -1;
    if (open < 0) return open;
  }
  return open;
}

function unbalanced(condition: string): ConfigError {
  return new ConfigError(
    `The brackets of the condition \`${condition}\` do not match. Each ( needs its ).`,
  );
}
