import { randomUUID } from 'node:crypto';
import { constants, readSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bodyCopies } from '../../../../operators/columns/body-copies.js';
import { groupedDigits } from '../../../../operators/settings/grouped-digits.js';
import { PermanentFault } from '../http-errors.js';

/** Bytes that are gathered for one write. */
const GATHERED = 1024 * 1024;

/**
 * Opens a file that never has a name, which only Linux can: open(2). Node has no word for the first
 * bit.
 */
const NAMELESS = 0o20000000 | constants.O_DIRECTORY | constants.O_RDWR;

/**
 * A body in a temporary file. The file has no name, so nothing is left of it wherever the process
 * ends; its bytes are given back when it is closed. Where only files with names can be made, it
 * loses its name as soon as it is open. It lies in the folder for temporary files of the system
 * (`TMPDIR`).
 *
 * Errors: PermanentFault where the file cannot be made, written or read.
 */
export class BodyFile {
  readonly #handle: FileHandle;
  /** What errors call it. */
  readonly #shown: string;
  #pending: Uint8Array[] = [];
  #gathered = 0;
  #size = 0;
  /** Null when it is deleted. */
  #name: string | null;

  private constructor(handle: FileHandle, shown: string, name: string | null) {
    this.#handle = handle;
    this.#shown = shown;
    this.#name = name;
  }

  static async make(): Promise<BodyFile> {
    const folder = tmpdir();
    const nameless =
      process.platform === 'linux' ? await open(folder, NAMELESS, 0o600).catch(() => null) : null;
    if (nameless !== null) return new BodyFile(nameless, `a file in ${folder}`, null);
    const path = join(folder, `sluice-${process.pid}-${randomUUID()}.body`);
    return onDisk(path, async () => {
      const handle = await open(path, 'wx+', 0o600);
      const name = await rm(path).then(
        () => null,
        () => path,
      );
      return new BodyFile(handle, path, name);
    });
  }

  /** A file with these bytes. */
  static async of(bytes: Uint8Array): Promise<BodyFile> {
    const file = await BodyFile.make();
    try {
      await file.add(bytes);
      await file.flush();
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Bytes that were added. */
  get size(): number {
    return this.#size;
  }

  /** Adds bytes, which must stay as they are; a promise where they are to be waited for. */
  add(bytes: Uint8Array): Promise<void> | undefined {
    this.#pending.push(bytes);
    this.#gathered += bytes.byteLength;
    this.#size += bytes.byteLength;
    return this.#gathered < GATHERED ? undefined : this.flush();
  }

  /** Writes what was added. To be called before the first read. */
  async flush(): Promise<void> {
    const pending = this.#pending;
    const at = this.#size - this.#gathered;
    this.#pending = [];
    this.#gathered = 0;
    const where = `${this.#shown}, which has ${groupedDigits(at)} bytes so far,`;
    await onDisk(where, async () => {
      let left = pending.map((bytes) => bodyCopies.made(bytes));
      for (let done = at; left.length > 0;) {
        // Together: servers send pieces of any size, and a write of each takes as long as one.
        const { bytesWritten } = await this.#handle.writev(left, done);
        done += bytesWritten;
        left = behind(left, bytesWritten);
      }
    });
  }

  /** The bytes from `from` to `to` (not included); `into`: where they are read to. */
  async read(from: number, to: number, into?: Uint8Array): Promise<Uint8Array> {
    const whole = into ?? new Uint8Array(Buffer.allocUnsafeSlow(to - from).buffer);
    const bytes = whole.subarray(0, to - from);
    await onDisk(this.#shown, async () => {
      for (let done = 0; done < bytes.length;) {
        const { bytesRead } = await this.#handle.read(
          bytes,
          done,
          bytes.length - done,
          from + done,
        );
        if (bytesRead === 0) throw new Error(`it ends at byte ${from + done}`);
        done += bytesRead;
      }
    });
    return bytes;
  }

  /** As `read`, at once: for functions of the user's that cannot wait. */
  readNow(from: number, to: number): Uint8Array {
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(to - from).buffer);
    try {
      for (let done = 0; done < bytes.length;) {
        const read = readSync(this.#handle.fd, bytes, done, bytes.length - done, from + done);
        if (read === 0) throw new Error(`it ends at byte ${from + done}`);
        done += read;
      }
    } catch (error) {
      throw unusable(this.#shown, error);
    }
    return bytes;
  }

  /** Whether a text is in it. */
  async includes(text: string): Promise<boolean> {
    const wanted = Buffer.from(text);
    const piece = Buffer.alloc(GATHERED + wanted.length);
    for (let at = 0; at < this.#size; at += GATHERED) {
      const bytes = await this.read(at, Math.min(at + piece.length, this.#size), piece);
      if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(wanted))
        return true;
    }
    return false;
  }

  /** Deletes the file. May be called again. */
  async close(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    if (this.#name !== null) await rm(this.#name, { force: true });
    this.#name = null;
  }
}

/** What is left of pieces behind their first bytes. */
function behind(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let from = bytes;
  return pieces.flatMap((piece) => {
    const left = piece.subarray(Math.min(from, piece.byteLength));
    from -= piece.byteLength - left.byteLength;
    return left.byteLength === 0 ? [] : [left];
  });
}

async function onDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unusable(file, error);
  }
}

function unusable(file: string, error: unknown): PermanentFault {
  return new PermanentFault(
    `the body is too large for memory and is kept in a file, and ${file} cannot be used: ${(error as Error).message}. Set TMPDIR to a folder with room for it, or raise \`memory\` of the pipeline`,
  );
}
