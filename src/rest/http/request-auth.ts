import { isSluiceError } from '../../../operators/errors.js';
import type { Auth, RenewalContext } from '../auth/auth.js';
import { authorize } from './authorize.js';
import type { Answer } from './messages.js';
import type { Redactor } from './redact.js';

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
