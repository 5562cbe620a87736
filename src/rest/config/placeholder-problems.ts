import { didYouMean, nearest } from '../../../operators/settings/nearest.js';
import { type Problem, problemsOf } from '../../../operators/settings/problem.js';
import { placeholdersIn, textsIn } from '../resources/placeholders.js';
import type { RestEndpoint } from './rest-config.js';

const VALUES = {
  incremental: ['startValue', 'endValue', 'initialValue', 'lastValue'],
  window: ['start', 'end'],
} as const;

/**
 * What is wrong with the placeholders in a part of an endpoint, but for parents that do not exist.
 */
export function placeholderProblems(
  part: unknown,
  endpoint: RestEndpoint,
  path: string,
): Problem[] {
  const malformed = problemsOf(() => placeholdersIn(part), path);
  const found = malformed.length > 0 ? [] : placeholdersIn(part);
  return [
    ...malformed,
    ...misspelt(part, path),
    ...templated(part, path),
    ...found.flatMap(({ from, field }): Problem[] => {
      if (from === 'resources')
        return field.includes('*') ? [{ path, message: manyValues(field) }] : [];
      const source = from === 'incremental' ? 'incremental' : 'windows';
      if (endpoint[source] === undefined)
        return [{ path, message: `{${from}.${field}} needs \`${source}\` in the endpoint.` }];
      const known: readonly string[] = VALUES[from];
      return known.includes(field)
        ? []
        : [
            {
              path,
              message: `there is no {${from}.${field}}.${didYouMean(field, known)} There are: ${known.join(', ')}.`,
            },
          ];
    }),
  ];
}

/** A request takes one value of each row. */
export function manyValues(field: string): string {
  const [list = ''] = field.split(/\.?\[?\*/);
  return `\`${field}\` leads to many values of a row, and one is needed. Make the elements rows of a resource (\`responseOf\` with a dataSelector that ends in \`[*].${list}\`) and take their field, or name one element: \`${field.replaceAll(/\[\*\]|(?<=\.)\*/g, '[0]').replaceAll('.[0]', '[0]')}\`.`;
}

/** Other words in braces are text; those that are nearly a placeholder were meant as one. */
function misspelt(part: unknown, path: string): Problem[] {
  return textsIn(part)
    .flatMap((text) => [...text.matchAll(/\{\s*(\w+)\.([\w.-]+)\s*\}/g)])
    .flatMap(([whole, word = '', rest]): Problem[] => {
      const known = ['resources', 'incremental', 'window'];
      const isSpaced = /^(resources|incremental)$/.test(word) && /\s/.test(whole);
      const near = isSpaced ? word : known.includes(word) ? null : nearest(word, known);
      return near === null
        ? []
        : [
            {
              path,
              message: `\`${whole}\` is not a placeholder. Did you mean \`{${near}.${rest}}\`?`,
            },
          ];
    });
}

/** JavaScript's `${…}` in plain quotes: the dollar sign would be sent. */
function templated(part: unknown, path: string): Problem[] {
  return textsIn(part)
    .flatMap((text) => [...text.matchAll(/\$\{(\+?(?:resources|incremental|window)\.[^{}]*)\}/g)])
    .map(([whole, inner]) => ({
      path,
      message: `\`${whole}\` has a $ before the placeholder, which would be sent. Write {${inner}}; in a path, %24 stands for a $ that is meant.`,
    }));
}
