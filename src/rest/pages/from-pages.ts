import { Observable } from 'rxjs';
import { linkedSignal } from '../../signals/linked-signal.js';

/**
 * An async generator as a cold observable that ends what the generator waits for when it is
 * unsubscribed.
 */
export function fromPages<T>(
  pages: (signal: AbortSignal) => AsyncGenerator<T>,
  signal?: AbortSignal,
): Observable<T> {
  // `from` does the same by code for old engines, which takes a tenth of a request's time.
  return new Observable((subscriber) => {
    const linked = linkedSignal(signal);
    let isOver = false;
    const read = async (): Promise<void> => {
      try {
        for await (const page of pages(linked.signal)) {
          subscriber.next(page);
          if (subscriber.closed) return;
        }
        isOver = true;
        subscriber.complete();
      } catch (error) {
        subscriber.error(error);
      }
    };
    void read();
    return () => (isOver ? linked.release() : linked.stop());
  });
}
