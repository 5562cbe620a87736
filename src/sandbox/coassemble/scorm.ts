import { createHash } from 'node:crypto';
import { zip } from '../zip.js';

/** The course whose package is not in the plan, whichever it is. */
export const SCORM_FORBIDDEN = 48_003;
/** The course whose package is large. */
export const SCORM_LARGE = 48_002;
const LARGE_BYTES = 300_000;

/** Which package of a course is wanted. */
export interface ScormConfig {
  type: string;
  version: string;
}

/**
 * Returns the package of a course, the same bytes every time; that of one course is larger than 256
 * KiB.
 */
export function scormPackage(course: number, { type, version }: ScormConfig): Buffer {
  return zip({
    'imsmanifest.xml': `<manifest identifier="course-${course}"><schemaversion>${version}</schemaversion></manifest>\n`,
    'index.html': `<!doctype html><title>Course ${course}</title><p>${type}</p>\n`,
    // Bytes that no packing makes smaller.
    ...(course === SCORM_LARGE && {
      'media.bin': createHash('shake256', { outputLength: LARGE_BYTES })
        .update(String(course))
        .digest(),
    }),
  });
}
