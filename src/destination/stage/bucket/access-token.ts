import { LoadError } from '../../../errors.js';

/** Where tokens come from that say who asks a service (RFC 6749), as plain data. */
export interface TokenService {
  /** Address of the service. */
  url: string;
  /** What it is sent, made anew for each token. */
  form: () => Readonly<Record<string, string>>;
}

/** For how long a token that is given is right at least, in milliseconds. */
const MARGIN_MS = 5 * 60_000;

/**
 * Gives an access token, which is asked for again before it ends. Errors: LoadError for what the
 * service refuses, Error for what may pass. No secret is in them.
 */
export function accessToken({ url, form }: TokenService): () => Promise<string> {
  let last: Promise<Token> | null = null;
  return async () => {
    if (last === null || (await last).until - Date.now() < MARGIN_MS) last = ask(url, form());
    try {
      return (await last).token;
    } catch (error) {
      last = null;
      throw error;
    }
  };
}

interface Token {
  token: string;
  /** In milliseconds since 1970. */
  until: number;
}

async function ask(url: string, form: Readonly<Record<string, string>>): Promise<Token> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  const found = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
  const { access_token: token, expires_in: seconds } = found;
  if (response.ok && typeof token === 'string')
    return { token, until: Date.now() + Number(seconds ?? 3600) * 1000 };
  const said = [found['error'], found['error_description']]
    .filter((part) => typeof part === 'string')
    .join(': ')
    .slice(0, 500);
  const message = `No access token was given by ${url}: ${response.status}${said === '' ? '' : ` ${said}`}`;
  throw response.status < 500 && response.status !== 429
    ? new LoadError(message)
    : new Error(message);
}
