import { FunctionError } from '../../../operators/errors.js';
import { placeOf } from '../../../operators/settings/with-place.js';
import type { Page } from '../../../operators/types.js';
import { PaginationError } from '../../errors.js';
import { type FetchedPage, pageFetcher, type PageRequest } from './fetch-page.js';
import { ListReading } from './list-reading.js';
import type { List, ReadOptions } from './list.js';

/**
 * Reads the pages of one list. The next page is requested while one is worked on downstream.
 *
 * Equal pages in a row are held back until it is known whether they count (`pageMeaning`).
 *
 * `from` reads on behind the page that had it as its `next`: the pages before it and those that
 * follow are the pages of one uninterrupted read, with the same state and end. A page that was held
 * back at that time is requested again.
 *
 * Errors: ConfigError for a position that cannot be used (`listPositions`).
 */
export async function* readPages(list: List, options: ReadOptions): AsyncGenerator<Page> {
  const fetchPage = pageFetcher(list, placeOf(list.resource, list.parent), options);
  const reading = new ListReading(list, options);
  const fetchAhead = (request: PageRequest): Promise<FetchedPage> => {
    const fetched = fetchPage(request);
    // Whoever stops reading here never looks at the request ahead.
    fetched.catch(() => undefined);
    return fetched;
  };
  try {
    let ahead: Promise<FetchedPage> | null = fetchAhead(reading.begin());
    while (ahead !== null) {
      const fetched: FetchedPage = await ahead;
      ahead = null;
      for (const step of reading.take(fetched)) {
        if ('request' in step) ahead = fetchAhead(step.request);
        else if ('page' in step) yield step.page;
        else options.observe(step.event);
      }
    }
  } catch (error) {
    throw placed(error, list, options);
  } finally {
    reading.close();
  }
}

/** Puts the list in front of errors of a paginator, and takes its secrets out of them. */
function placed(error: unknown, list: List, { client }: ReadOptions): unknown {
  const { resource, parent, secrets } = list;
  if (error instanceof PaginationError)
    return new PaginationError(client.redactUrl(client.redact(error.message, secrets)));
  if (!(error instanceof FunctionError) || error.resource !== null) return error;
  const { functionName, page, cause } = error;
  const message = `${placeOf(resource, parent)}, ${client.redact(error.message, secrets)}`;
  return new FunctionError(message, { functionName, resource, page }, { cause });
}
