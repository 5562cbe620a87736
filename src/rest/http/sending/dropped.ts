/**
 * The reason of a signal that ends a request whose response is not wanted any more. The request
 * was sent, so it is counted all the same.
 */
export const DROPPED: DOMException = new DOMException(
  'The page is not needed any more',
  'AbortError',
);
