import type { CursorConfig } from '../../operators/cursor/cursor-config.js';
import type { Resource } from './source.js';

/** What a resource's cursor goes by, its key among it; null for a resource that has none. */
export function cursorOf({ incremental, primaryKey }: Resource): CursorConfig | null {
  if (incremental === undefined) return null;
  const key = incremental.primaryKey ?? primaryKey;
  return key === undefined ? incremental : { ...incremental, primaryKey: key };
}
