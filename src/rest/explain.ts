interface ErrorAnswer {
  status: number;
  headers: { get(name: string): string | null };
  /** Where it came from. */
  url: URL;
}

/** What a person can do about an answer that is an error: what it means, and what the body says. */
export function explainAnswer({ status, headers, url }: ErrorAnswer, body: string, trusted: boolean): string {
  const id = REQUEST_IDS.map((name) => headers.get(name)).find((value) => value !== null);
  const advice = ADVICE[status] ?? (status >= 500 ? 'The server has a fault; it did not go away by asking again.' : 'The API refused the request.');
  const stranger = !trusted && (status === 401 || status === 403) ? ` No credentials were sent, because ${url.host} is not the API's own host; name it in authHosts if it may have them.` : '';
  const said = isWebPage(headers, body) ? ` ${webPage(url)}` : body.trim() === '' ? '' : ` It says: ${body.trim()}`;
  return `${advice}${stranger}${said}${id === undefined ? '' : ` Request-Id: ${id}.`}`;
}

/** True for HTML where an API should have answered. */
export function isWebPage(headers: ErrorAnswer['headers'], body: string): boolean {
  return /html/i.test(headers.get('content-type') ?? '') || /^\s*<(!doctype|html)/i.test(body);
}

export function webPage(url: URL): string {
  return `The answer is a web page, not the API's: is ${url.host} the right host (and region), and the path right?`;
}

/** What went wrong on the way, without the address that some errors repeat, and what can be done about it. */
export function explainFault(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const beneath = error.cause instanceof Error && error.cause.message !== '' ? error.cause : error;
  const what = beneath.message.replace(/^request to .* failed, reason:\s*/s, '') || code || error.name;
  const advice = FAULTS.find(([pattern]) => pattern.test(`${code ?? ''} ${what}`))?.[1];
  return advice === undefined ? what : `${what}. ${advice}`;
}

const REQUEST_IDS = ['request-id', 'x-request-id', 'x-correlation-id', 'x-amzn-requestid', 'cf-ray'];

const ADVICE: Readonly<Record<number, string>> = {
  400: 'The API does not understand the request: check parameters and ids.',
  401: 'The API does not accept the credentials: check the key or token, its scheme, and that it was not revoked.',
  403: 'The credentials are known but not allowed to do this: check what the key (or the plan) includes, or leave the resource out.',
  404: 'There is nothing at this address: check the base URL (region, version) and the path.',
  429: 'The API is asked too often, and went on saying so: set a lower rateLimit.',
};

const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/ENOTFOUND|EAI_AGAIN/, 'The host is not known: check the base URL and the network.'],
  [/ECONNREFUSED/, 'Nothing listens there: check host and port.'],
  [/certificate|CERT|self.signed/i, 'The server’s certificate is not trusted: check the host; NODE_EXTRA_CA_CERTS names further authorities.'],
];
