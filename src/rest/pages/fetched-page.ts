import type { AwaitedPage } from '../../run/commit-room.js';
import type { HttpResponse } from '../http/messages.js';
import type { RequestChange } from '../paginators/paginator.js';
import type { Sent } from './located-errors.js';
import type { RowSlices } from './rows/big/row-slices.js';
import type { PageRows } from './rows/page-rows.js';

/** A request for one page of a list. */
export interface PageRequest {
  url: URL;
  change: RequestChange;
  index: number;
  /** Paths of values to read from the body. */
  paths: readonly string[];
  /** Statuses that are the end of the list beside those of `endStatus`. @default none */
  endStatus?: readonly number[];
  /** The rows are wanted in slices, however few they are. @default false */
  isSliced?: boolean;
  /** Its place among the pages on their way. @default it waits for one */
  awaited?: AwaitedPage | null;
}

/**
 * A response with its rows found, or one without a page: skipped by `skipStatus` or a response
 * action, or the end of its list by `endStatus`, or by a status that only a page behind the last
 * one has.
 */
export type FetchedPage =
  | (PageRows & {
      response: HttpResponse;
      /** The whole response as JSON; `body` holds its rows. */
      document: Uint8Array;
      /** Size of the response's body. */
      bytes: number;
      /** What was requested, without secrets. */
      request: () => Sent;
      /** Its place among the pages on their way. */
      awaited?: AwaitedPage | undefined;
      /**
       * The rows, where they are in a file: `document` has only the first of them then, and
       * `span.count` is the number of all.
       */
      slices?: RowSlices;
    })
  | {
      skipped: 'status' | 'action' | 'end';
      status: number;
      awaited?: AwaitedPage | undefined;
    };

/** Gives up a response that nobody reads on. */
export async function dropPage(fetched: FetchedPage): Promise<void> {
  fetched.awaited?.end();
  if ('slices' in fetched) await fetched.slices?.close();
}
