import { BodyFile } from './body-file.js';

/** Bytes that are read at once: of no character of UTF-16 or UTF-32 a part alone. */
const PIECE = 1024 * 1024;

/**
 * A file with what is made of the pieces of another one, which is closed. An empty one stays.
 *
 * Errors: those of `BodyFile`, `change` and `check`; nothing is left then.
 *
 * @param check called in front of each piece: throws where nobody wants the file any more
 */
export async function rewrittenFile(
  file: BodyFile,
  change: (piece: Uint8Array, isLast: boolean) => Uint8Array,
  check: () => void,
): Promise<BodyFile> {
  if (file.size === 0) return file;
  let made: BodyFile | null = null;
  try {
    made = await BodyFile.make();
    for await (const [piece, isLast] of piecesOf(file, check))
      await made.add(change(piece, isLast));
    await made.flush();
    return made;
  } catch (error) {
    await made?.close();
    throw error;
  } finally {
    await file.close();
  }
}

/** The bytes of a file, piece by piece, each in memory of its own. */
export async function* piecesOf(
  file: BodyFile,
  check: () => void,
): AsyncGenerator<[piece: Uint8Array, isLast: boolean]> {
  for (let at = 0; at < file.size; at += PIECE) {
    check();
    const to = Math.min(at + PIECE, file.size);
    yield [await file.read(at, to), to === file.size];
  }
}
