import { ConfigError } from '../../errors.js';

/** One step of a JSONPath: a name, a quoted name, an index, or all elements. */
const STEP =
  /\.?(?:([A-Za-z_@][\w@-]*)|['"]([^'"]+)['"]|\[\s*(?:'([^']+)'|"([^"]+)"|(\d+)|(\*))\s*\]|(\*))/y;
/** What paginators can do in addition: from the end of a list, and the element with a member. */
const PICK = /\[\s*(?:-\d+|\?\(?\s*@\.[\w-]+\s*==\s*["'][^"']*["']\s*\)?)\s*\]/y;

/**
 * A JSONPath of dlt's as a dotted path of ours; `@` for the whole. `[*]` at the end names the list
 * itself. ConfigError for what dotted paths cannot say. @param picks `[-1]` and
 * `[?(@.rel=='next')]` are allowed, as in paginators. @param wildcards `[*]` and `.*` are allowed
 * on the way, as in data selectors
 */
export function translatePath(
  jsonPath: string,
  { picks = false, wildcards = false }: { picks?: boolean; wildcards?: boolean } = {},
): string {
  const path = jsonPath.trim();
  let at = /^\$(?=\.|\[|$)/.test(path) ? 1 : 0;
  let dotted = '';
  while (at < path.length) {
    STEP.lastIndex = at;
    PICK.lastIndex = at;
    const step = STEP.exec(path);
    const pick = step === null && picks ? PICK.exec(path) : null;
    if (pick !== null)
      dotted += pick[0].replaceAll(/\s/g, '').replace(/^\[\?\(?(.*?)\)?\]$/, '[?($1)]');
    else if (step !== null) dotted += written(step, dotted, path, at, wildcards);
    else throw refused(jsonPath, path.slice(at));
    at = step === null ? PICK.lastIndex : STEP.lastIndex;
  }
  return dotted === '' ? '@' : dotted;
}

function written(
  [text, name, bare, single, double, index, star, member]: RegExpExecArray,
  before: string,
  path: string,
  at: number,
  wildcards: boolean,
): string {
  // Behind another wildcard it opens the lists that this one leads to.
  if (star !== undefined && at + text.length === path.length && !before.includes('*')) return '';
  if (wildcards && (star ?? member) !== undefined) return before === '' ? '*' : '.*';
  if (star !== undefined || member !== undefined) throw refused(path, text);
  if (index !== undefined) return before === '' ? index : `[${index}]`;
  const key = name ?? bare ?? single ?? double ?? '';
  if (/[.[\]]/.test(key) || (before === '' && /^[@$]$/.test(key))) return `['${key}']`;
  return before === '' ? key : `.${key}`;
}

function refused(path: string, part: string): ConfigError {
  return new ConfigError(
    `\`${path}\` is a JSONPath that is not supported: ${part.slice(0, 60)}. Supported are names, ['quoted names'] and [indexes], and [*] at the end.`,
  );
}
