/** Lines around a difference that are shown with it. */
const CONTEXT = 2;
/** Cells of the table of common lines above which everything between counts as changed. */
const MOST_CELLS = 4_000_000;

type Line = { sign: ' ' | '-' | '+'; text: string };

/**
 * The lines in which two texts differ, as `diff -u` shows them (`-` of the first, `+` of the
 * second), without its heads. Empty for equal texts.
 */
export function lineDiff(before: string, after: string): string {
  const lines = difference(before.split('\n'), after.split('\n'));
  const changed = lines.flatMap(({ sign }, i) => (sign === ' ' ? [] : [i]));
  const near = (i: number): boolean => changed.some((at) => Math.abs(at - i) <= CONTEXT);
  const shown: string[] = [];
  let last = -1;
  for (const [i, { sign, text }] of lines.entries()) {
    if (changed.length === 0 || !near(i)) continue;
    if (i > last + 1 && shown.length > 0) shown.push('…');
    shown.push(`${sign}${text}`);
    last = i;
  }
  return shown.join('\n');
}

function difference(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const same = (text: string): Line => ({ sign: ' ', text });
  return [
    ...before.slice(0, start).map(same),
    ...between(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

/** By the longest common subsequence. */
function between(before: readonly string[], after: readonly string[]): Line[] {
  const [rows, columns] = [before.length, after.length];
  const isLarge = rows * columns > MOST_CELLS;
  const width = columns + 1;
  const common = new Uint32Array(isLarge ? 0 : (rows + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  if (!isLarge)
    for (let i = rows - 1; i >= 0; i -= 1)
      for (let j = columns - 1; j >= 0; j -= 1)
        common[i * width + j] =
          before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < rows || j < columns) {
    if (i < rows && j < columns && !isLarge && before[i] === after[j]) {
      lines.push({ sign: ' ', text: before[i] as string });
      i += 1;
      j += 1;
    } else if (i < rows && (j === columns || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '-', text: before[i] as string });
      i += 1;
    } else {
      lines.push({ sign: '+', text: after[j] as string });
      j += 1;
    }
  }
  return lines;
}
