import { readdirSync, readlinkSync } from 'node:fs';

/**
 * Files without a name that this process holds open: bodies that are too large for memory. Only
 * Linux shows them.
 */
export function heldBodies(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return /\/#\d+ \(deleted\)$/.test(path) ? [path] : [];
    } catch {
      return [];
    }
  });
}
