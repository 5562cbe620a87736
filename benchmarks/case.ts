import { appendBlocks, appendValues } from './cases/append.js';
import { http } from './cases/http.js';
import { jsonParse } from './cases/json-parse.js';
import { kernel } from './cases/kernel.js';
import { readJson } from './cases/read-json.js';
import { arrow, arrowByHand, arrowFloor, arrowValues } from './cases/tables/arrow.js';
import { dltArrow, dltDeleteInsert, dltUpsert, dltVersions, dltWide } from './cases/tables/dlt.js';
import { mergeDeleteInsert, mergeUpsert, sqlDeleteInsert, sqlMerge } from './cases/tables/merge.js';
import { sqlVersions, versions } from './cases/tables/versions.js';
import { sqlWide, wide } from './cases/tables/wide.js';
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
  'merge-upsert': mergeUpsert,
  'merge-delete-insert': mergeDeleteInsert,
  'sql-merge': sqlMerge,
  'sql-delete-insert': sqlDeleteInsert,
  versions,
  'sql-versions': sqlVersions,
  wide,
  'sql-wide': sqlWide,
  arrow,
  'arrow-by-hand': arrowByHand,
  'arrow-values': arrowValues,
  'arrow-floor': arrowFloor,
  'dlt-upsert': dltUpsert,
  'dlt-delete-insert': dltDeleteInsert,
  'dlt-versions': dltVersions,
  'dlt-wide': dltWide,
  'dlt-arrow': dltArrow,
};

const [, , name = '', rows = ''] = process.argv;
const run = cases[name];
if (run === undefined)
  throw new Error(`there is no case ${name}; cases: ${Object.keys(cases).join(', ')}`);
process.stdout.write(JSON.stringify(await run(Number(rows))));
process.exit(0);
