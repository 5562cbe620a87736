import { defer, finalize, from, type Observable } from 'rxjs';
import { linkedSignal } from '../../signals/linked-signal.js';

/**
 * An async generator as a cold observable that ends what the generator waits for when it is
 * unsubscribed.
 */
export function fromPages<T>(
  pages: (signal: AbortSignal) => AsyncGenerator<T>,
  signal?: AbortSignal,
): Observable<T> {
  return defer(() => {
    const linked = linkedSignal(signal);
    return from(pages(linked.signal)).pipe(finalize(() => linked.stop()));
  });
}
