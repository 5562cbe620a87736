import type { Buffers, Lane } from '../types.js';
import type { Kernel } from './kernel.js';
import type { SpareMemory } from './spare-memory.js';

/** A lane in linear memory. */
export interface LaneSource {
  at: number;
  kind: Lane['kind'];
  rows: number;
  nulls: number;
  firstRow: number;
}

/** A table in linear memory. */
export interface TableSource {
  at: number;
  /** Place of the parent among the tables; -1 for the root. */
  parent: number;
  rows: number;
  lanes: readonly LaneSource[];
}

/** How rows hang together. */
export interface Links {
  parentRow: Int32Array | null;
  ids: Buffers;
  parentIds: Buffers | null;
  listIndex: Buffers | null;
  rootIds: Buffers | null;
}

const ID_LENGTH = 12;
/** What `getRandomValues` gives at most in one call (Web Cryptography API). */
const RANDOM_BYTES = 65_536;

/**
 * Copies a page's columns out of linear memory into one ArrayBuffer (of `memory`, where given), and
 * makes the rows' ids on the way. Every buffer begins at a multiple of 8 bytes.
 */
export function copyOut(
  kernel: Kernel,
  tables: readonly TableSource[],
  { rootIds, memory }: { rootIds: boolean; memory?: SpareMemory | undefined },
): { links: Links; lanes: Lane[] }[] {
  const { call, field } = kernel;
  const ids = makeIds(kernel, tables, rootIds);
  const plan = new Plan();
  const placed = tables.map((table, i) => {
    const { own, parents, roots } = ids[i] as IdBlocks;
    const child = table.parent >= 0;
    return {
      parentRow: child
        ? plan.add(kernel.word(table.at + field.TABLE_PARENT_ROW), table.rows * 4)
        : 0,
      listIndex: child
        ? plan.add(kernel.word(table.at + field.TABLE_LIST_INDEX), table.rows * 8)
        : 0,
      own: plan.add(own, table.rows * ID_LENGTH),
      parents: child ? plan.add(parents, table.rows * ID_LENGTH) : 0,
      roots: child && rootIds ? plan.add(roots, table.rows * ID_LENGTH) : 0,
      lanes: table.lanes.map((lane) => planLane(kernel, plan, lane)),
    };
  });
  const buffer = plan.copy(kernel.u8, memory);
  releaseIds(kernel, tables, ids);
  return tables.map((table, i) => {
    const at = placed[i] as (typeof placed)[number];
    const child = table.parent >= 0;
    const { rows } = table;
    return {
      links: {
        parentRow: child ? new Int32Array(buffer, at.parentRow, rows) : null,
        ids: idBuffers(buffer, at.own, rows),
        parentIds: child ? idBuffers(buffer, at.parents, rows) : null,
        rootIds: child && rootIds ? idBuffers(buffer, at.roots, rows) : null,
        listIndex: child
          ? {
              rows,
              nulls: 0,
              validity: null,
              offsets: null,
              data: new Uint8Array(buffer, at.listIndex, rows * 8),
            }
          : null,
      },
      lanes: at.lanes.map((finish) => finish(buffer)),
    };
  });

  /**
   * Plans the buffers of one lane; the function that it returns makes the views once the buffer
   * exists.
   */
  function planLane(
    kernel: Kernel,
    plan: Plan,
    { at, kind, rows, nulls }: LaneSource,
  ): (buffer: ArrayBuffer) => Lane {
    const data = kernel.word(at + field.LANE_DATA);
    const isText = kind === 'text' || kind === 'hugeint' || kind === 'json';
    const offsets = kernel.word(at + field.LANE_OFFSETS);
    const bytes = isText
      ? kernel.word(offsets + rows * 4)
      : kind === 'bool'
        ? (rows + 7) >> 3
        : rows * 8;
    if (kind === 'bool') call.packBits(data, rows, data);
    const validity = nulls > 0 ? plan.add(kernel.word(at + field.LANE_VALID), (rows + 7) >> 3) : -1;
    const offsetsAt = isText ? plan.add(offsets, (rows + 1) * 4) : -1;
    const source = kernel.word(at + field.LANE_SOURCE);
    const sourceAt = source === 0 ? -1 : plan.add(source, rows * 4);
    const dataAt = plan.add(data, bytes);
    const hasUnsafeValues = kernel.word(at + field.LANE_UNSAFE) !== 0;
    return (buffer) => ({
      kind,
      rows,
      nulls,
      hasUnsafeValues,
      validity: validity < 0 ? null : new Uint8Array(buffer, validity, (rows + 7) >> 3),
      offsets: offsetsAt < 0 ? null : new Int32Array(buffer, offsetsAt, rows + 1),
      source: sourceAt < 0 ? null : new Int32Array(buffer, sourceAt, rows),
      data: new Uint8Array(buffer, dataAt, bytes),
    });
  }
}

/** Pieces of linear memory that go into one buffer, each at a multiple of 8. */
class Plan {
  readonly #pieces: { from: number; bytes: number; to: number }[] = [];
  #size = 0;

  add(from: number, bytes: number): number {
    const to = this.#size;
    this.#pieces.push({ from, bytes, to });
    this.#size = (to + bytes + 7) & ~7;
    return to;
  }

  copy(linear: Uint8Array, memory?: SpareMemory): ArrayBuffer {
    const buffer = memory?.take(this.#size) ?? new ArrayBuffer(this.#size);
    const target = new Uint8Array(buffer);
    for (const { from, bytes, to } of this.#pieces)
      target.set(linear.subarray(from, from + bytes), to);
    return buffer;
  }
}

interface IdBlocks {
  own: number;
  parents: number;
  roots: number;
}

function makeIds(kernel: Kernel, tables: readonly TableSource[], rootIds: boolean): IdBlocks[] {
  const { call, field } = kernel;
  const blocks: IdBlocks[] = [];
  for (const { at, parent, rows } of tables) {
    const size = rows * ID_LENGTH + 16;
    const random = call.allocate(size);
    fillRandom(kernel.u8.subarray(random, random + rows * ID_LENGTH));
    const own = call.allocate(size);
    call.makeIds(random, rows, own);
    call.release(random, size);
    const above = blocks[parent];
    let parents = 0;
    let roots = 0;
    if (above !== undefined) {
      const parentRow = kernel.word(at + field.TABLE_PARENT_ROW);
      parents = call.allocate(size);
      call.gatherIds(above.own, parentRow, rows, parents);
      if (rootIds) {
        roots = call.allocate(size);
        call.gatherIds(
          tables[parent]?.parent === -1 ? above.own : above.roots,
          parentRow,
          rows,
          roots,
        );
      }
    }
    blocks.push({ own, parents, roots });
  }
  return blocks;
}

/** Random bytes for small pages, each used once: a call takes longer than a page of one row. */
const pool = { bytes: new Uint8Array(12_288), used: Number.POSITIVE_INFINITY };

function fillRandom(target: Uint8Array): void {
  if (target.length * 8 > pool.bytes.length) {
    for (let from = 0; from < target.length; from += RANDOM_BYTES)
      globalThis.crypto.getRandomValues(target.subarray(from, from + RANDOM_BYTES));
    return;
  }
  if (pool.used + target.length > pool.bytes.length) {
    globalThis.crypto.getRandomValues(pool.bytes);
    pool.used = 0;
  }
  target.set(pool.bytes.subarray(pool.used, pool.used + target.length));
  pool.used += target.length;
}

function releaseIds(
  kernel: Kernel,
  tables: readonly TableSource[],
  blocks: readonly IdBlocks[],
): void {
  for (const [i, { own, parents, roots }] of blocks.entries()) {
    const size = (tables[i] as TableSource).rows * ID_LENGTH + 16;
    for (const block of [own, parents, roots]) if (block !== 0) kernel.call.release(block, size);
  }
}

function idBuffers(buffer: ArrayBuffer, at: number, rows: number): Buffers {
  return {
    rows,
    nulls: 0,
    validity: null,
    offsets: everyTwelve(rows),
    data: new Uint8Array(buffer, at, rows * ID_LENGTH),
  };
}

let twelves = new Int32Array(0);

/**
 * Offsets of ids: the same for every table, so one array serves all (views of it are read only by
 * agreement).
 */
function everyTwelve(rows: number): Int32Array {
  if (twelves.length <= rows)
    twelves = Int32Array.from(
      { length: Math.max(rows + 1, twelves.length * 2, 4_096) },
      (_, i) => i * ID_LENGTH,
    );
  return twelves.subarray(0, rows + 1);
}
