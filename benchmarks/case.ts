import type { Measure } from './harness/results.js';

// One case in a process of its own: `node case.js <name> <size>` runs the function of
// `cases/<name>` and prints its measure as JSON. Of a file with several, `<name>:<function>` runs
// one.

const [, , name = '', size = ''] = process.argv;
const [file = '', given] = name.split(':');
const camelCase = (text: string): string =>
  text.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const wanted = given ?? camelCase(file.split('/').at(-1) ?? '');
const module = (await import(`./cases/${file}.js`)) as Record<
  string,
  ((size: number) => Promise<Measure>) | undefined
>;
const run = module[wanted];
if (run === undefined) throw new Error(`cases/${file}.js has no function ${wanted}.`);
process.stdout.write(JSON.stringify(await run(Number(size))));
process.exit(0);
