/**
 * Finds the word that was probably meant; null where none is near. Spelling in another case
 * (`data_selector` for `dataSelector`, and the other way) counts as the nearest; else at most a
 * third of the letters may be wrong, or it has one word more at an end (`datasetName`).
 */
export function nearest(word: string, words: readonly string[]): string | null {
  const plain = bare(word);
  const ranked = words
    .map((one) => ({ one, steps: distance(plain, bare(one)) }))
    .sort((a, b) => a.steps - b.steps);
  const [best] = ranked;
  return best !== undefined &&
    best.steps <= Math.floor(Math.min(plain.length, bare(best.one).length) / 3)
    ? best.one
    : longest(words.filter((one) => hasWordMore(word, one)));
}

function longest(words: readonly string[]): string | null {
  const [first = null] = words.toSorted((a, b) => b.length - a.length);
  return first;
}

/** Shorter words stand in many names by chance. */
const SHORTEST = 4;

/** Returns true where a name is another one with a word before or behind it. */
function hasWordMore(word: string, one: string): boolean {
  if (one.length < SHORTEST) return false;
  const capital = one.charAt(0).toUpperCase() + one.slice(1);
  const behind = word.slice(one.length);
  return (word.startsWith(one) && /^[A-Z_]/.test(behind)) || word.endsWith(capital);
}

/** Returns ` Did you mean …?`, or an empty text. */
export function didYouMean(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  return near === null ? '' : ` Did you mean \`${near}\`?`;
}

function bare(word: string): string {
  return word
    .slice(0, 60)
    .toLowerCase()
    .replaceAll(/[_\-\s]/g, '');
}

/** Letters to change, add, leave out or swap with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const [above, row] = [rows[i - 1] as number[], [i]];
    for (let j = 1; j <= b.length; j += 1) {
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (rows[i - 2]?.[j - 2] as number) + 1
          : Infinity;
      row[j] = Math.min(
        (above[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
        swapped,
      );
    }
    rows.push(row);
  }
  return (rows[a.length] as number[])[b.length] as number;
}
