import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { chart } from './chart.js';
import type { Group } from './comparison.js';
import { lossesText } from './losses.js';
import { source } from './programs.js';
import { groupText } from './report.js';
import type { Results } from './results.js';
import { speedText } from './speed.js';

const RESULTS = source('results.json');

/** Returns the results that were published last. */
export function readResults(): Results {
  return JSON.parse(readFileSync(RESULTS, 'utf8')) as Results;
}

/**
 * Returns the files that show results, by their path: both READMEs, whose marked places are
 * written anew, and the chart.
 */
export async function publishedFiles(
  groups: readonly Group[],
  results: Results,
): Promise<Map<string, string>> {
  const own = source('README.md');
  const top = source('../README.md');
  let text = filled(readFileSync(own, 'utf8'), 'losses', lossesText(groups, results));
  for (const group of groups) text = filled(text, group.name, groupText(group, results));
  return new Map([
    [RESULTS, await formatted(RESULTS, JSON.stringify(results))],
    [own, await formatted(own, text)],
    [
      top,
      await formatted(top, filled(readFileSync(top, 'utf8'), 'speed', speedText(groups, results))),
    ],
    [source('chart.svg'), chart(groups, results)],
  ]);
}

/** Writes these files. */
export async function publish(groups: readonly Group[], results: Results): Promise<void> {
  for (const [path, text] of await publishedFiles(groups, results)) writeFileSync(path, text);
}

function filled(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`A README has no place for \`${name}\`.`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}

async function formatted(path: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}
