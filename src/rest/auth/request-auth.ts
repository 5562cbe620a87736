import { isSluiceError } from '../../../operators/errors.js';
import { ConfigError } from '../../errors.js';
import { unlessAborted } from '../../signals/unless-aborted.js';
import type { HttpResponse } from '../http/messages.js';
import type { Redactor } from '../secrets/redact.js';
import type { Auth, RenewalContext } from './auth.js';

/** The authorization of one request, over all its attempts. */
export interface RequestAuth {
  /**
   * Fetches new credentials where they are due. To be called before the request has a slot of the
   * throttle: fetching them takes slots, too.
   */
  ready(): Promise<void>;
  /** True, once, where credentials fell due while the request waited: it gives its slot back. */
  isLate(): boolean;
  /** True, once, for a 401 that new credentials may mend; they are due then. */
  isDenied(response: Pick<HttpResponse, 'status' | 'url'>): boolean;
  /** New credentials were fetched after a 401. */
  readonly renewed: boolean;
}

/** Follows the authorization of one request. No error that it throws shows a secret. */
export function requestAuth(
  auth: Auth | null,
  trusts: (url: URL) => boolean,
  redactor: Redactor,
  context: RenewalContext,
): RequestAuth {
  const renewal = auth?.renewal;
  let late = false;
  let version = 0;
  const learn = (): void => redactor.know(auth?.secrets ?? []);
  learn();
  if (renewal === undefined) return NEVER_RENEWED;
  const own = {
    renewed: false,
    async ready() {
      if (!renewal.due()) return;
      try {
        await authorize(() => renewal.renew(context), context.signal);
        learn();
      } catch (error) {
        learn();
        throw isSluiceError(error) ? redactor.error(error) : error;
      }
    },
    isLate() {
      version = renewal.version;
      if (late || !renewal.due()) return false;
      late = true;
      return true;
    },
    isDenied({ status, url }: Pick<HttpResponse, 'status' | 'url'>) {
      if (own.renewed || status !== 401 || !trusts(url)) return false;
      renewal.refuse(version);
      own.renewed = true;
      return true;
    },
  };
  return own;
}

/** One for all requests: many small ones have no authorization. */
const NEVER_RENEWED: RequestAuth = {
  ready: () => Promise.resolve(),
  isLate: () => false,
  isDenied: () => false,
  renewed: false,
};

/**
 * Runs a part of an authorization. What a function of the user throws becomes a ConfigError, since
 * a repeated request would meet it again. Rejects with the signal's reason when that aborts first.
 */
export async function authorize(
  work: () => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await unlessAborted((async () => work())(), signal);
  } catch (error) {
    if (signal.aborted || isSluiceError(error)) throw error;
    throw new ConfigError(
      `The authorization failed: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
