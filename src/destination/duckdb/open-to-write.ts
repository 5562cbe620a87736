import { readdirSync, readFileSync, statSync } from 'node:fs';

/** Where Linux lists the files that a process has open. */
const OPEN = '/proc/self/fd';
/** Bits of a file's flags: it is open to be written. */
const TO_WRITE = 0o3;

/**
 * How often this process has a file open to write it, or has locked it as DuckDB does: whoever it
 * is, in whatever thread, by whatever name or link of the file. 0 where the file does not exist,
 * and where the operating system does not say.
 */
export function openToWrite(path: string): number {
  const file = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (file === undefined) return 0;
  const isSame = (descriptor: string): boolean => {
    const open = statSync(`${OPEN}/${descriptor}`, { bigint: true, throwIfNoEntry: false });
    return open?.ino === file.ino && open.dev === file.dev;
  };
  return descriptors().filter((one) => isSame(one) && isToWrite(one)).length;
}

function descriptors(): string[] {
  try {
    return readdirSync(OPEN);
  } catch {
    // Only Linux has them.
    return [];
  }
}

function isToWrite(descriptor: string): boolean {
  try {
    const about = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
    const flags = /^flags:\s*([0-7]+)/m.exec(about)?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & TO_WRITE) !== 0 || /^lock:/m.test(about);
  } catch {
    // It has been closed meanwhile.
    return false;
  }
}
