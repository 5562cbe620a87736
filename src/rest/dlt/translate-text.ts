import { didYouMean } from '../../../operators/settings/nearest.js';
import { ConfigError } from '../../errors.js';
import { isPythonFormat } from '../paginators/dlt/python-format.js';
import { translatePath } from './translate-path.js';

const INCREMENTAL: Readonly<Record<string, string>> = {
  start_value: 'startValue',
  initial_value: 'initialValue',
  last_value: 'lastValue',
  end_value: 'endValue',
};
/** What `fill` would take for a placeholder. */
const PLACEHOLDER = /\{(\+?(?:resources|incremental|window)\.[^{}]+)\}/g;

/** Where a text stands, and what fills its names. */
export interface TextOptions {
  /** Braces that are text are percent-encoded, as a path needs it. */
  inPath: boolean;
  /** What stands for a name without dots (`{course_id}`); undefined where nothing does. */
  bound: (name: string) => string | undefined;
}

/**
 * A text with Python's placeholders (`{x}`, and `{{` and `}}` for braces) as a text with ours.
 * ConfigError for placeholders that have no meaning, in dlt's words.
 */
export function translateText(text: string, options: TextOptions): string {
  const tokens = tokensOf(text).map(({ literal, expression }) =>
    expression === null ? { literal, filled: false } : placeholder(expression, options),
  );
  const joined = tokens.map(({ literal, filled }, i) => {
    const [before, after] = [tokens[i - 1]?.literal, tokens[i + 1]?.literal];
    if (
      filled &&
      !options.inPath &&
      before?.endsWith('{') === true &&
      after?.startsWith('}') === true
    )
      throw new ConfigError(
        `\`${text}\` has a placeholder right between two braces, which cannot be written here. Put a blank between them.`,
      );
    return filled ? literal : plain(literal, options.inPath);
  });
  return joined.join('');
}

/** Every text in a value, keys of objects among them, translated. */
export function translateTexts<T>(value: T, translate: (text: string) => string): T {
  const inside = (one: unknown): unknown => {
    if (typeof one === 'string') return translate(one);
    if (Array.isArray(one)) return one.map(inside);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([key, member]) => [translate(key), inside(member)]),
    );
  };
  return inside(value) as T;
}

/** A text that has no placeholders for us, though it may look so. */
function plain(literal: string, inPath: boolean): string {
  return inPath
    ? literal.replaceAll('{', '%7B').replaceAll('}', '%7D')
    : literal.replaceAll(PLACEHOLDER, '{{$1}}');
}

interface Token {
  literal: string;
  expression: string | null;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let rest = text;
  while (rest !== '') {
    const [whole, literal = '', expression] =
      /^((?:[^{}]|\{\{|\}\})+)|^\{([^{}]*)\}/.exec(rest) ?? [];
    if (whole === undefined)
      throw new ConfigError(
        `\`${text}\` has a single brace. Double it (\`{{\`, \`}}\`) if it is meant as text.`,
      );
    tokens.push({
      literal: literal.replaceAll('{{', '{').replaceAll('}}', '}'),
      expression: expression ?? null,
    });
    rest = rest.slice(whole.length);
  }
  return tokens;
}

/** A placeholder is a literal that is `filled`; a bound value is plain text. */
function placeholder(
  expression: string,
  { bound, inPath }: TextOptions,
): { literal: string; filled: boolean } {
  const [, name = expression, format = ''] = /^([^!:]*)([!:].*)$/s.exec(expression) ?? [];
  const shown = `{${name}}`;
  if (!isPythonFormat(format))
    throw new ConfigError(
      `\`{${expression}}\` formats its value in a way that is not supported: \`${format}\`. Leave it out.`,
    );
  // dlt leaves formats in a path out.
  const behind = format === '' || inPath ? '' : `|${format}`;
  const [context = '', ...rest] = name.split('.');
  if (context === 'resources') {
    const [parent, ...field] = rest;
    if (parent === undefined || parent === '' || field.join('.') === '')
      throw new ConfigError(`\`${shown}\` must be {resources.<resource>.<field>}.`);
    // Python writes a value as it is, slashes too.
    return {
      literal: `{${inPath ? '+' : ''}resources.${parent}.${translatePath(field.join('.'))}${behind}}`,
      filled: true,
    };
  }
  if (context === 'incremental') {
    const value = INCREMENTAL[rest.join('.')];
    if (value === undefined)
      throw new ConfigError(
        `there is no \`${shown}\`.${didYouMean(rest.join('.'), Object.keys(INCREMENTAL))} There are: ${Object.keys(INCREMENTAL).join(', ')}.`,
      );
    return { literal: `{incremental.${value}${behind}}`, filled: true };
  }
  const value = rest.length === 0 ? bound(context) : undefined;
  if (value === undefined)
    throw new ConfigError(
      `\`${shown}\` is filled by nothing.${didYouMean(context, ['resources', 'incremental'])} Write {resources.<resource>.<field>} or {incremental.<value>}; double the braces if they are meant as text.`,
    );
  return /^\{\+resources\..*\}$/.test(value)
    ? { literal: value, filled: true }
    : { literal: value, filled: false };
}
