import { isSluiceError } from '../../../operators/errors.js';
import { ConfigError } from '../../errors.js';
import { unlessAborted } from '../../signals/unless-aborted.js';

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
