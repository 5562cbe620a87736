import { availableParallelism } from 'node:os';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ShapedTable } from '../../../operators/types.js';
import { columnBytes } from './column-bytes.js';
import { ROW_GROUP_ROWS } from './open-database.js';
import { pinnedMemory } from './pinned-memory.js';
import type { Connections } from './target.js';

/** Limits the memory of a database's instance while rows are appended. */
export interface MemoryLimit {
  /**
   * Runs an append of these tables. DuckDB has the memory that its unwritten rows take, and what
   * the append needs; blocks that are written give way.
   */
  appending<T>(tables: readonly ShapedTable[], work: () => Promise<T>): Promise<T>;
  /**
   * Lets SQL have as much memory as DuckDB has by itself, until the function that it resolves to is
   * called.
   */
  lift(): Promise<() => void>;
  /**
   * Runs such SQL.
   *
   * @param rows those that it puts in the place of others: with a bound it has what they need at
   *   least. @default 0
   */
  unlimited<T>(work: () => Promise<T>, rows?: number): Promise<T>;
  /** Runs a commit without a bound: one that fails in its checkpoint leaves a database unusable. */
  committing<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Sets what DuckDB may take in all, where that is less than its own limit, until the function
   * that it resolves to is called. Appends that need less have less from the next commit on, and
   * one of so many columns that it needs more has that.
   * Errors: DuckDB's, where more is in use by something that cannot give way.
   */
  bound(bytes: number): Promise<() => void>;
  /** DuckDB's own limit counts from now on. */
  end(): Promise<void>;
}

/** Rows appended before anything is limited: of fewer there is little that is written. */
const FEW_ROWS = 3 * ROW_GROUP_ROWS;
/** Bytes appended before DuckDB's memory is looked at again. */
const STEP = 1024 * 1024;
/** Bytes appended before a load with a bound has DuckDB give back what it has freed. */
const TRIM = 16 * 1024 * 1024;
/** What rows take in DuckDB for each byte of a batch, where texts are short. */
const GROWTH = 1.5;
/** What a column has in use at once: a block of values and one of texts. */
const COLUMN_BYTES = 2 * 256 * 1024;
/** What the compression of a full row group has in use at once. */
const COMPRESSION_BYTES = 16 * 1024 * 1024;
/**
 * What DuckDB knows of a value that is written: the segments and statistics of a column in a row
 * group. It keeps that until the file is closed, and does not count it: 22 MB of 10 M nested rows.
 */
const KNOWN_BYTES = 2_400 / ROW_GROUP_ROWS;
/** What the share of a load is lowered by at once, or raised by for rows that are not committed. */
const SHARE_STEP = 1024 * 1024;
/** What a thread needs that joins staged rows with those of before, which it moves to the disk. */
const JOIN_BYTES = 16 * 1024 * 1024;
/**
 * What each staged row needs: DuckDB keeps which rows are deleted until the transaction ends, and
 * parts of the join. 2.5 M rows failed with 89 MiB, and 5 M with 100.
 */
const JOINED_BYTES = 48;
/** What the limit of appends that need less than the share of their load is raised by at once. */
const NEED_STEP = 4 * 1024 * 1024;

/**
 * `BASE_TABLE` is what is written: DuckDB drops it first, and reads it again where it is used. What
 * it pins of that is reckoned beside it.
 */
const USAGE =
  "SELECT sum(memory_usage_bytes) FILTER (tag <> 'BASE_TABLE'), current_setting('memory_limit') FROM duckdb_memory()";

/**
 * For instances of a user's own, and for databases without a file, which are in memory as a whole.
 */
export const NO_LIMIT: MemoryLimit = {
  appending: (_, work) => work(),
  lift: () => Promise.resolve(() => undefined),
  unlimited: (work) => work(),
  committing: (work) => work(),
  bound: () => Promise.resolve(() => undefined),
  end: () => Promise.resolve(),
};

/**
 * DuckDB keeps every block that it has written until four fifths of the machine's memory are full:
 * 10 M rows took 1.9 GB. With a limit it uses the memory of these blocks for the next ones.
 *
 * The limit follows what DuckDB cannot drop, the rows whose row group is not full, so that no load
 * fails or is slowed which has memory without a limit. Where an append needs more than was
 * reckoned, DuckDB moves such rows to its temporary directory and goes on.
 *
 * @param own DuckDB's own limit, as it prints it; a user's SQL that sets another one is obeyed
 */
export function memoryLimit(connections: Connections, own: string): MemoryLimit {
  const ownBytes = bytesOf(own);
  /** What loads under way may let DuckDB have. */
  const bounds: number[] = [];
  /** Commits under way. */
  let commits = 0;
  let connecting: Promise<DuckDBConnection> | undefined;
  /** The limit in bytes. It is never lowered, which would free blocks that are used again. */
  let bytes = 0;
  /** It counts now, and not the most that DuckDB may have. */
  let isLimited = false;
  /** What was set instead of DuckDB's own limit; null: nothing. */
  let set: number | null = null;
  /** Works that have no limit, and the rows that they put in the place of others. */
  let [lifted, placed] = [0, 0];
  /** What appends that are under way need, in bytes. */
  let needed = 0;
  /** The most that any of them has needed while loads have bounds. */
  let widest = 0;
  /** Rows were staged: they are read again, and wait in memory while they are few. */
  let isStaged = false;
  /** Rows, values and bytes that were appended. */
  let [rows, values, appended] = [0, 0, 0];
  /** What was appended when DuckDB last gave freed memory back to the operating system. */
  let trimmed = 0;
  const pinned = pinnedMemory();
  /** What DuckDB could not drop when it was last looked at, and what was appended until then. */
  let seen = { kept: 0, at: -STEP };
  let changing = Promise.resolve();

  /** Changes follow one another. */
  function change(work: () => Promise<void>): Promise<void> {
    const done = changing.then(work);
    changing = done.catch(() => undefined);
    return done;
  }
  /** A connection of its own: those of loads may be in a transaction that has failed. */
  function connection(): Promise<DuckDBConnection> {
    connecting ??= connections.take();
    connecting.catch(() => (connecting = undefined));
    return connecting;
  }
  function mayBeShort(): boolean {
    const since = appended - seen.at;
    if (bounds.length > 0) return set !== null && (set < share() || appended - trimmed >= TRIM);
    if (rows < FEW_ROWS || since < STEP) return false;
    return !isLimited || seen.kept + GROWTH * since + pinned.bytes() + needed > bytes;
  }
  async function raise(): Promise<void> {
    if (bounds.length > 0) return reset();
    const taken = await connection();
    const [[kept, setting] = []] = (await taken.runAndReadAll(USAGE)).getRows();
    seen = { kept: Number(kept), at: appended };
    const wanted = Math.max(bytes, seen.kept + pinned.bytes() + needed);
    if (lifted > 0 || (isLimited && wanted === bytes) || (set === null && setting !== own)) return;
    if (wanted >= most()) return reset();
    await taken.run(`SET GLOBAL memory_limit = '${wanted}B'`);
    bytes = wanted;
    isLimited = true;
    set = bytes;
  }
  function most(): number {
    if (commits > 0 || bounds.length === 0) return ownBytes;
    const known = Math.floor((values * KNOWN_BYTES) / SHARE_STEP) * SHARE_STEP;
    const open = Math.ceil(pinned.open() / SHARE_STEP) * SHARE_STEP;
    const joined = placed === 0 ? 0 : JOIN_BYTES * availableParallelism() + placed * JOINED_BYTES;
    const least = Math.max(pinned.bytes() + open + widest, joined);
    return Math.min(ownBytes, Math.max(Math.min(...bounds) - known, least));
  }
  /** What is wanted now: blocks that are written and nobody reads only fill what appends have. */
  function share(): number {
    if (bounds.length === 0 || lifted > 0 || isStaged) return most();
    // A row group may be written while the next is filled.
    const filling = 2 * GROWTH * pinned.unwritten();
    const need = pinned.bytes() + pinned.open() + widest + filling;
    return Math.min(most(), Math.ceil(need / NEED_STEP) * NEED_STEP);
  }
  async function reset(): Promise<void> {
    const wanted = share() < ownBytes ? share() : null;
    // RESET alone changes what DuckDB says, and not what it does.
    const sql = `SET GLOBAL memory_limit = '${wanted ?? ownBytes}B'${wanted === null ? '; RESET GLOBAL memory_limit' : ''}`;
    const isDue = wanted !== null && appended - trimmed >= TRIM;
    try {
      // With every limit that is set DuckDB trims its allocator's heap, and the C library's.
      if (set !== wanted || isDue) {
        trimmed = appended;
        await (await connection()).run(sql);
      }
      set = wanted;
    } catch (error) {
      // What a commit or a wide table took cannot give way yet: tried again with the next change.
      if (set === null || wanted === null) throw error;
    }
    isLimited = false;
  }

  async function lift(rows = 0): Promise<() => void> {
    lifted += 1;
    placed += rows;
    const lower = (): void => {
      lifted -= 1;
      placed -= rows;
    };
    if (connecting === undefined) return lower;
    try {
      await change(reset);
      return lower;
    } catch (error) {
      lower();
      throw error;
    }
  }

  async function unlimited<T>(work: () => Promise<T>, rows?: number): Promise<T> {
    const lower = await lift(rows);
    try {
      return await work();
    } finally {
      lower();
    }
  }

  return {
    async appending(tables, work) {
      const { bytes, need } = costs(tables);
      for (const table of tables) {
        rows += table.rows;
        values += table.rows * table.columns.length;
        isStaged ||= table.hints.writeDisposition !== 'append';
      }
      appended += bytes;
      pinned.append(tables);
      needed += need;
      if (bounds.length > 0) widest = Math.max(widest, needed);
      try {
        // Where it fails there is more memory in use, and nothing else.
        if (mayBeShort()) await change(raise).catch(() => undefined);
        return await work();
      } finally {
        needed -= need;
      }
    },
    lift,
    unlimited,
    async committing(work) {
      commits += 1;
      try {
        return await unlimited(work);
      } finally {
        commits -= 1;
        pinned.commit();
        // What it took gives way.
        if (bounds.length > 0) await change(reset).catch(() => undefined);
      }
    },
    async bound(most) {
      bounds.push(most);
      const free = (): void => {
        bounds.splice(bounds.indexOf(most), 1);
        if (bounds.length === 0) [widest, isStaged] = [0, false];
      };
      try {
        await change(reset);
      } catch (error) {
        free();
        throw error;
      }
      return () => {
        free();
        // A limit that stays is that of the next load at most, which sets its own.
        void change(reset).catch(() => undefined);
      };
    },
    async end() {
      if (connecting === undefined) return;
      await change(reset);
      connections.giveBack(await connecting);
      connecting = undefined;
    },
  };
}

/** What a batch brings, and what appending it needs, in bytes. */
function costs(tables: readonly ShapedTable[]): { bytes: number; need: number } {
  let [bytes, widest] = [0, 0];
  for (const table of tables) {
    // Columns without a value in the batch are filled as well.
    widest = Math.max(widest, table.schema.columns.length);
    bytes += columnBytes(table);
  }
  const need = COMPRESSION_BYTES + Math.max(GROWTH * bytes, widest * COLUMN_BYTES);
  return { bytes, need };
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes of a size as DuckDB prints it (`18.8 GiB`); 0 for what is no such size. */
function bytesOf(size: string): number {
  const [number, unit = ''] = size.split(' ');
  return UNITS.includes(unit) ? Math.floor(Number(number) * 1024 ** UNITS.indexOf(unit)) : 0;
}
