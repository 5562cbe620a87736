import { unlessAborted } from '../../signals/unless-aborted.js';
import type { Auth, AuthRequest, RenewalContext } from './auth.js';
import { required } from './required.js';

/** A token that was got. */
export interface Token {
  value: string;
  /** Milliseconds from the request on; null: good until it is refused. */
  lifetimeMs: number | null;
}

/** How a token is got, kept and put on requests. */
export interface TokenAuthConfig {
  /** Gets a token. */
  get: (context: RenewalContext) => Promise<Token>;
  /** Puts it on a request. */
  put: (token: string, request: AuthRequest) => void | Promise<void>;
  /** Values that must never be shown, beside the tokens. */
  secrets: () => readonly string[];
  /**
   * A token is renewed so long before it expires, in seconds; half its lifetime where that is less.
   */
  marginSeconds: number;
  /** A token to begin with, used until it is refused. @default none */
  initial?: string | undefined;
}

/** Those before have been over for long: each request looks at all that are kept. */
const MOST_TOKENS = 16;

/**
 * Authorization by a token that is got when it is first needed, renewed before it expires, and
 * learned as a secret.
 */
export function tokenAuth({ get, put, secrets, marginSeconds, initial }: TokenAuthConfig): Auth {
  const tokens = new Set(initial === undefined ? [] : [initial]);
  let token = initial;
  let renewAt = Number.POSITIVE_INFINITY;
  let version = 0;
  let flight: { got: Promise<void>; signal: AbortSignal } | null = null;

  const due = (): boolean => token === undefined || Date.now() >= renewAt;

  async function fly(context: RenewalContext): Promise<void> {
    const startedAt = Date.now();
    const { value, lifetimeMs } = await get(context);
    tokens.add(value);
    for (const oldest of tokens) {
      if (tokens.size <= MOST_TOKENS) break;
      tokens.delete(oldest);
    }
    token = value;
    renewAt =
      lifetimeMs === null
        ? Number.POSITIVE_INFINITY
        : startedAt + Math.max(lifetimeMs - marginSeconds * 1000, lifetimeMs / 2);
    version += 1;
  }

  return {
    apply: (request) => put(required('token', token), request),
    get secrets() {
      return [...secrets(), ...tokens];
    },
    renewal: {
      due,
      get version() {
        return version;
      },
      refuse(refused) {
        // It stays until there is another: requests in flight may still be redirected.
        if (refused === version) renewAt = 0;
      },
      async renew(context) {
        while (due()) {
          context.signal.throwIfAborted();
          if (flight === null) {
            flight = { got: fly(context).finally(() => (flight = null)), signal: context.signal };
            await flight.got;
            return;
          }
          const { got, signal } = flight;
          // Where the caller that fetches it is aborted, the others fetch it themselves.
          await unlessAborted(got, context.signal).catch((error: unknown) => {
            if (!signal.aborted || context.signal.aborted) throw error;
          });
        }
      },
    },
  };
}
