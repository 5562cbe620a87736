import type { PageFacts } from '../paginator.js';
import { endedCursor, openCursor } from './detect-cursor.js';
import { headerPaging } from './detect-header.js';
import { endedLink, openLink } from './detect-link.js';
import { nothingMore } from './detect-nothing.js';
import { offsetPaging } from './detect-offset.js';
import { pageNumberPaging } from './detect-page-number.js';
import { type Seen, type Sent, seenOf } from './detect-seen.js';
import { servicePaging } from './detect-service.js';
import type { Detected } from './detected.js';

/**
 * How the list of a first page goes on. In this order: links and cursors in headers; a link to the
 * next page in the body; the shape of a known service; a cursor; a link or cursor that is there but
 * null, which is the end of a list; page numbers; offsets; else one page. Unlike dlt's detection it
 * looks into lists of links, knows whether pages count from 0 or 1 or finds it out without reading
 * a page twice, and knows offsets. Where it cannot know the name of a parameter it does not guess
 * without a word: `why` says what was taken, or what to declare.
 *
 * Pure. The paginator goes on from this page: its `next` takes the same facts with its own
 * `values`; the first request is not sent again. `paginatorOf(detected.paginator.config)` reads the
 * same list the same way from the start.
 */
export function detectPaginator(page: PageFacts, sent: Sent): Detected {
  const seen = seenOf(page, sent);
  for (const detect of WAYS) {
    const found = detect(seen);
    if (found !== null) return found;
  }
  return nothingMore(seen);
}

const WAYS: readonly ((seen: Seen) => Detected | null)[] = [
  headerPaging,
  openLink,
  servicePaging,
  openCursor,
  endedLink,
  endedCursor,
  pageNumberPaging,
  offsetPaging,
];
