import type { RestConfig } from './rest-config.js';

/**
 * A config as it was written where it is right. Else what it must be: an error in the place of each
 * key that does not exist, and of each `{resources.<name>.…}` and `responseOf` whose name is none
 * of the config's. What the compiler does not know (`string`, a variable of type `RestConfig`)
 * passes; `restSource` checks it when it runs.
 */
export type CheckedConfig<C extends RestConfig> = RestConfig extends C
  ? C
  : C extends Exact<C, RestConfig, Names<C['resources']>>
    ? C
    : Exact<C, RestConfig, Names<C['resources']>>;

/** The names of resources; `string` where one is not known. */
type Names<R extends RestConfig['resources']> = R[number] extends infer One
  ? One extends string
    ? One
    : One extends { readonly name: infer Name extends string }
      ? Name
      : never
  : never;

/**
 * `G` with the keys of `W` at every level: data that names its `type` has the keys of that one, a
 * record with the user's own keys takes any. Texts name resources of `N` only. Functions and what
 * is made (`bearer()`) are as they are.
 */
type Exact<G, W, N extends string> = [W] extends [G]
  ? G
  : G extends string
    ? Text<G, N>
    : G extends Made
      ? G
      : G extends readonly unknown[]
        ? { readonly [I in keyof G]: Exact<G[I], Element<W>, N> }
        : [Keys<Meant<G, W>>] extends [never]
          ? G
          : {
              readonly [K in keyof G]: K extends Keys<Meant<G, W>>
                ? K extends 'responseOf'
                  ? Named<G[K], N>
                  : Exact<G[K], At<Meant<G, W>, K>, N>
                : `There is no key \`${K & string}\` here`;
            };

/** Functions, and objects that functions of ours have made, which are known by their methods. */
type Made = ((...parameters: never[]) => unknown) | { apply: unknown } | { next: unknown };
type Element<W> = W extends readonly (infer One)[] ? One : never;
/** Objects of `W` that `G` can be. */
type Meant<G, W> = G extends { readonly type: infer T extends string }
  ? Extract<W, { type: T }>
  : Exclude<Extract<W, object>, readonly unknown[] | ((...parameters: never[]) => unknown)>;
type Keys<W> = W extends unknown ? keyof W : never;
type At<W, K> = W extends unknown ? (K extends keyof W ? W[K] : never) : never;

/** The name of a resource, or what is wrong with it. */
type Named<T, N extends string> = string extends T
  ? T
  : T extends N | undefined
    ? T
    : `There is no resource \`${T & string}\``;

/** The text, or what is wrong with it. */
type Text<T extends string, N extends string> = T extends `${string}{${Slip}.${string}`
  ? 'Placeholders are {resources.…}, {incremental.…} and {window.…}'
  : T extends `${string}\${${Word}.${string}`
    ? 'Leave out the $ before {…}: placeholders stand in plain quotes'
    : string extends N
      ? T
      : [Unknown<T, N>] extends [never]
        ? T
        : `There is no resource \`${Unknown<T, N>}\` to take a field of`;

type Word = 'resources' | 'incremental' | 'window';

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
