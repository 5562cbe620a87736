import { nameTag, normalizeIdentifier } from './naming.js';

/** Characters that the name of a schema may have in dlt. */
const LONGEST = 64;

/**
 * dlt's name of the schema of a source or pipeline: the name itself where it is an identifier of at
 * most 64 characters, which dlt demands of sources; else normalized, and shortened with a tag, as
 * dlt names the schema of a pipeline.
 */
export function schemaName(name: string): string {
  if (/^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(name) && name.length <= LONGEST) return name;
  const normal = normalizeIdentifier(name);
  if (normal.length <= LONGEST) return normal;
  const tag = nameTag(name);
  const kept = LONGEST - tag.length;
  return normal.slice(0, Math.ceil(kept / 2)) + tag + normal.slice(-Math.floor(kept / 2));
}
