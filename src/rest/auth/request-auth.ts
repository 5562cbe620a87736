import { isSluiceError } from '../../../operators/errors.js';
import { ConfigError } from '../../errors.js';
import { unlessAborted } from '../../signals/unless-aborted.js';
import type { Answer } from '../http/messages.js';
import type { Redactor } from '../secrets/redact.js';
import type { Auth, RenewalContext } from './auth.js';

/** The authorization of one request, over all its attempts. */
export interface RequestAuth {
  /**
   * Gets new credentials where they are due. To be called before the request takes its turn:
   * getting them takes turns, too.
   */
  ready(): Promise<void>;
  /**
   * True, once, where credentials fell due while the request waited: its turn is better given back.
   */
  isLate(): boolean;
  /** True, once, for a refusal (401) that new credentials may mend; they are due then. */
  isDenied(answer: Pick<Answer, 'status' | 'url'>): boolean;
  /** There was a refusal, and new credentials were got. */
  readonly renewed: boolean;
}

export function requestAuth(
  auth: Auth | null,
  trusts: (url: URL) => boolean,
  shown: Redactor,
  context: RenewalContext,
): RequestAuth {
  const renewal = auth?.renewal;
  let late = false;
  let renewed = false;
  let version = 0;
  const learn = (): void => shown.know(auth?.secrets ?? []);
  learn();
  return {
    async ready() {
      if (renewal?.due() !== true) return;
      try {
        await authorize(() => renewal.renew(context), context.signal);
        learn();
      } catch (error) {
        learn();
        throw isSluiceError(error) ? shown.error(error) : error;
      }
    },
    isLate() {
      version = renewal?.version ?? 0;
      if (late || renewal?.due() !== true) return false;
      late = true;
      return true;
    },
    isDenied({ status, url }) {
      if (renewal === undefined || renewed || status !== 401 || !trusts(url)) return false;
      renewal.refuse(version);
      renewed = true;
      return true;
    },
    get renewed() {
      return renewed;
    },
  };
}

/**
 * Does a part of an authorization. What a function of the user throws there is a ConfigError: it is
 * no fault of the network, and asking again would not mend it. Rejects with the signal's reason
 * when that aborts first.
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
