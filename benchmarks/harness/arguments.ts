/** What `npm run bench -- …` is to do. */
export interface Arguments {
  /**
   * `default`: everything that a quarter of an hour has room for. `long`: what takes longer.
   * `smoke`: every way once at the smallest size, which says that it still runs and nothing else.
   */
  form: 'default' | 'long' | 'smoke';
  /** Groups or comparisons; all where none is named. */
  names: string[];
  /** In place of each comparison's own. */
  rounds: number | null;
}

/** Reads the arguments: `[long | smoke] [group | comparison …] [rounds]`. Throws for others. */
export function readArguments(given: readonly string[], known: readonly string[]): Arguments {
  const args: Arguments = { form: 'default', names: [], rounds: null };
  for (const word of given) {
    if (word === 'long' || word === 'smoke') args.form = word;
    else if (/^[1-9]\d*$/.test(word)) args.rounds = Number(word);
    else if (known.includes(word)) args.names.push(word);
    else
      throw new Error(
        `\`${word}\` is neither \`long\`, \`smoke\`, a number of rounds nor one of ${known.join(', ')}.`,
      );
  }
  return args;
}
