import { appendBlocks, appendValues } from './cases/append.js';
import { http } from './cases/http.js';
import { jsonParse } from './cases/json-parse.js';
import { kernel } from './cases/kernel.js';
import { readJson } from './cases/read-json.js';
import { throttleServer } from './cases/throttle-server.js';
import { throttleSimulated } from './cases/throttle-simulated.js';
import { whole } from './cases/whole.js';
import type { Measure } from './measure.js';

// One case in a process of its own: `node case.js <name> <rows>` prints its measure as JSON.

const cases: Record<string, (rows: number) => Promise<Measure>> = {
  kernel,
  'json-parse': jsonParse,
  'append-blocks': appendBlocks,
  'append-values': appendValues,
  whole,
  'read-json': readJson,
  http,
  'throttle-simulated': throttleSimulated,
  'throttle-server': throttleServer,
};

const [, , name = '', rows = ''] = process.argv;
const run = cases[name];
if (run === undefined)
  throw new Error(`there is no case ${name}; cases: ${Object.keys(cases).join(', ')}`);
process.stdout.write(JSON.stringify(await run(Number(rows))));
process.exit(0);
