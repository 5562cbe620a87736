import type { ColumnHint } from '../../../operators/types.js';
import type { AuthConfig } from '../auth/auth-of.js';
import type { ResponseAction, ResponseHandler } from '../http/response-actions.js';
import type { RetryConfig } from '../http/retry.js';
import type { IncrementalConfig } from '../pages/incremental.js';
import type { PollConfig } from '../pages/poll.js';
import type { WindowConfig } from '../pages/windows.js';
import type { PaginatorConfig } from '../paginators/paginator-config.js';
import type { FILLED } from '../resources/links.js';
import type { RateLimit } from '../throttle/rate-limit.js';
import type { RestConfig, RestEndpoint, RestResource } from './rest-config.js';

/**
 * A config as it was written where it is right. Else what it must be: an error in the place of each
 * key that does not exist, of each text with a `{resources.<name>.…}` whose name is none of the
 * config's, and of such an `responseOf`. What is not known when it is compiled (`string`, a
 * variable of type `RestConfig`) is let pass; `restSource` looks at it when it runs.
 */
export type CheckedConfig<C extends RestConfig> = RestConfig extends C
  ? C
  : C extends Marked<C, Names<C['resources']>>
    ? C
    : Marked<C, Names<C['resources']>>;

/** The names of resources; `string` where one is not known. */
type Names<R extends RestConfig['resources']> = R[number] extends infer One
  ? One extends string
    ? One
    : One extends { readonly name: infer Name extends string }
      ? Name
      : never
  : never;

type Marked<C extends RestConfig, N extends string> = {
  readonly [K in keyof C]: K extends 'client'
    ? Client<C[K]>
    : K extends 'resourceDefaults'
      ? OneResource<C[K], N>
      : K extends 'resources'
        ? Resources<C[K], N>
        : K extends keyof RestConfig
          ? C[K]
          : NoKey<K>;
};

type Client<C> = {
  readonly [K in keyof C]: K extends 'paginator'
    ? Typed<C[K], PaginatorConfig>
    : K extends 'auth'
      ? Typed<C[K], AuthConfig>
      : K extends 'rateLimit'
        ? Plain<C[K], RateLimit>
        : K extends 'retry'
          ? Plain<C[K], RetryConfig>
          : K extends keyof RestConfig['client']
            ? C[K]
            : NoKey<K>;
};

type Resources<R, N extends string> = { readonly [I in keyof R]: OneResource<R[I], N> };

type OneResource<R, N extends string> = R extends string
  ? R
  : RestResource extends R
    ? R
    : {
        readonly [K in keyof R]: K extends 'endpoint'
          ? R[K] extends string
            ? Text<R[K], N>
            : Endpoint<R[K], N>
          : K extends 'columns'
            ? Columns<R[K]>
            : K extends keyof RestResource
              ? R[K]
              : NoKey<K>;
      };

type Columns<C> = { readonly [K in keyof C]: Plain<C[K], ColumnHint> };

type Endpoint<E, N extends string> = RestEndpoint extends E
  ? E
  : {
      readonly [K in keyof E]: K extends Filled
        ? Texts<E[K], N>
        : K extends 'paginator'
          ? Typed<E[K], PaginatorConfig>
          : K extends 'auth'
            ? Typed<E[K], AuthConfig>
            : K extends 'incremental'
              ? Plain<E[K], IncrementalConfig>
              : K extends 'windows'
                ? Plain<E[K], WindowConfig>
                : K extends 'responseActions'
                  ? Actions<E[K]>
                  : K extends 'responseOf'
                    ? Named<E[K], N>
                    : K extends 'poll'
                      ? Plain<E[K], PollConfig>
                      : K extends keyof RestEndpoint
                        ? E[K]
                        : NoKey<K>;
    };

/** The parts of an endpoint that may hold placeholders. */
type Filled = (typeof FILLED)[number];

/** Functions as they are, rules with the keys that these have. */
type Actions<A> = {
  readonly [I in keyof A]: A[I] extends ResponseHandler
    ? A[I]
    : Plain<A[I], Exclude<ResponseAction, ResponseHandler>>;
};

/** The name of a resource, or what is wrong with it. */
type Named<T, N extends string> = string extends T
  ? T
  : T extends N | undefined
    ? T
    : `There is no resource \`${T & string}\``;

type NoKey<K> = `There is no key \`${K & string}\` here`;

/** An object with the keys of `W`. */
type Plain<G, W> = G extends string | undefined
  ? G
  : { readonly [K in keyof G]: K extends keyof W ? G[K] : NoKey<K> };

/** Data with a type, which has keys of its own; all else as it is. */
type Typed<G, W> = G extends { readonly type: infer T extends string }
  ? Plain<G, Extract<W, { type: T }>>
  : G;

type Texts<T, N extends string> = T extends string
  ? Text<T, N>
  : T extends object
    ? { readonly [K in keyof T]: Texts<T[K], N> }
    : T;

/** The text, or what is wrong with it. */
type Text<T extends string, N extends string> = T extends `${string}{${Slip}.${string}`
  ? 'Placeholders are {resources.…}, {incremental.…} and {window.…}'
  : string extends N
    ? T
    : [Unknown<T, N>] extends [never]
      ? T
      : `There is no resource \`${Unknown<T, N>}\` to take a field of`;

/** Words that are taken for the begin of a placeholder. */
type Slip = 'resource' | 'windows';

/** Names in a text that are none of `N`. A brace in front of a placeholder makes it text. */
type Unknown<T extends string, N extends string> = string extends T
  ? never
  : T extends `${infer Before}resources.${infer Name}.${infer Rest}`
    ? | (Before extends `${string}{{`
          ? never
          : Before extends `${string}{` | `${string}{+`
            ? Exclude<Name, N>
            : never)
      | Unknown<Rest, N>
    : never;
