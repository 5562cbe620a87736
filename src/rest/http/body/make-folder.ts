import { mkdir, realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';

/**
 * Makes the folder of a file, and gives its real path. `within`: the folder that it must be in or
 * be, wherever links lead: parts of the path come from an API, which must not choose one that leads
 * elsewhere. Nothing is made where it is not.
 *
 * Errors: Error naming the link's target; those of the file system.
 */
export async function makeFolder(folder: string, within: string): Promise<string> {
  await mkdir(within, { recursive: true });
  const root = await realpath(within);
  requireWithin(root, await nearestReal(folder));
  await mkdir(folder, { recursive: true });
  return requireWithin(root, await realpath(folder));
}

function requireWithin(root: string, real: string): string {
  if (real === root || real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) return real;
  throw new Error(`a link in it leads to ${real}, out of ${root}`);
}

/** The real path of a folder, or of the first one above it that exists. */
async function nearestReal(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    const above = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    return nearestReal(above);
  }
}
