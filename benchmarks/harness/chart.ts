import type { Comparison, Group } from './comparison.js';
import { ratioText } from './format.js';
import type { Results } from './results.js';
import { paired } from './statistics.js';

const WIDTH = 900;
/** Where bars begin and end. */
const [LEFT, RIGHT] = [420, 840];
const BAR = 16;
const HEAD = 86;
/** Ratios at the ends of the scale. */
const [LEAST, MOST] = [0.25, 100];

interface Bar {
  title: string;
  /** How often sluice's time fits into this way's. */
  ratio: number;
}

/**
 * Draws how long each rival takes, as a multiple of sluice's time in the same run, on a logarithmic
 * scale: an SVG, readable on light and dark pages.
 */
export function chart(groups: readonly Group[], results: Results): string {
  const parts: string[] = [];
  let y = HEAD;
  for (const comparison of groups.flatMap(({ comparisons }) => comparisons)) {
    const bars = barsOf(comparison, results);
    if (bars.length === 0) continue;
    parts.push(`<text class="head" x="16" y="${y + 12}">${escaped(comparison.chart ?? '')}</text>`);
    y += BAR + 4;
    for (const bar of bars) {
      parts.push(barText(bar, y));
      y += BAR + 3;
    }
    y += 10;
  }
  const height = y + 6;
  const grid = [0.5, 1, 2, 5, 10, 20, 50].map((ratio) => {
    const x = place(ratio).toFixed(1);
    return `<line class="${ratio === 1 ? 'one' : 'grid'}" x1="${x}" x2="${x}" y1="${HEAD - 8}" y2="${height - 12}"/><text class="tick" x="${x}" y="${HEAD - 14}">${ratio}×</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="How long others take, as a multiple of sluice's time">
<style>
  text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: #59636e; }
  .title { font-size: 15px; font-weight: 600; fill: #1f2328; }
  .head { font-weight: 600; fill: #1f2328; }
  .tick { font-size: 11px; text-anchor: middle; }
  .name { text-anchor: end; }
  .grid { stroke: #8c959f; stroke-opacity: 0.25; }
  .one { stroke: #59636e; }
  .slower { fill: #2f7fd0; }
  .faster { fill: #d1701f; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; }
    .title, .head { fill: #f0f6fc; }
    .one { stroke: #9198a1; }
  }
</style>
<text class="title" x="16" y="26">How long others take, as a multiple of sluice's time in the same run</text>
<text x="16" y="46">blue: slower than sluice; orange: faster; logarithmic scale</text>
${[...grid, ...parts].join('\n')}
</svg>
`;
}

function barsOf({ chart: name, key, ways: [first, ...others] }: Comparison, all: Results): Bar[] {
  const result = all[key];
  if (name === undefined || first === undefined || result === undefined) return [];
  return others
    .filter(({ isOurs, isFloor }) => isOurs !== true && isFloor !== true)
    .map((way) => ({
      title: way.title,
      ratio: 1 / paired(result.ways[first.key], result.ways[way.key]),
    }))
    .filter(({ ratio }) => !Number.isNaN(ratio));
}

function barText({ title, ratio }: Bar, y: number): string {
  const [from, to] = [place(1), place(ratio)].sort((a, b) => a - b) as [number, number];
  const label = ratio < 1 ? from - 5 : to + 5;
  return [
    `<text class="name" x="${LEFT - 60}" y="${y + 12}">${escaped(title)}</text>`,
    `<rect class="${ratio < 1 ? 'faster' : 'slower'}" x="${from.toFixed(1)}" y="${y}" width="${Math.max(1, to - from).toFixed(1)}" height="${BAR}" rx="2"/>`,
    `<text ${ratio < 1 ? 'style="text-anchor: end" ' : ''}x="${label.toFixed(1)}" y="${y + 12}">${ratioText(ratio)}×</text>`,
  ].join('');
}

/** Where a ratio is on the scale. */
function place(ratio: number): number {
  const part = Math.log(Math.min(MOST, Math.max(LEAST, ratio)) / LEAST) / Math.log(MOST / LEAST);
  return LEFT + part * (RIGHT - LEFT);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
