import {
  defer,
  ignoreElements,
  merge,
  type Observable,
  type OperatorFunction,
  Subject,
  tap,
} from 'rxjs';
import type { Page } from '../../operators/types.js';

/**
 * Gives each resource its own pages, and merges what it makes of them. A page is looked at once,
 * however many resources there are; pages of others are left out.
 */
export function byResource<T extends { name: string }, R>(
  resources: readonly T[],
  project: (resource: T, pages: Observable<Page>) => Observable<R>,
): OperatorFunction<Page, R> {
  return (source) =>
    defer(() => {
      const lanes = new Map(resources.map(({ name }) => [name, new Subject<Page>()]));
      const routed = source.pipe(
        tap({
          next: (page) => lanes.get(page.resource)?.next(page),
          complete: () => {
            for (const lane of lanes.values()) lane.complete();
          },
        }),
        ignoreElements(),
      );
      return merge(
        ...resources.map((one) => project(one, lanes.get(one.name) as Subject<Page>)),
        routed,
      );
    });
}
