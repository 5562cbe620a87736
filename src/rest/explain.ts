/** What a person can do about an answer that is an error: what it means, and what the body says. */
export function explain({ status, headers }: { status: number; headers: { get(name: string): string | null } }, body: string, host: string): string {
  const type = headers.get('content-type') ?? '';
  const id = headers.get('request-id') ?? headers.get('x-request-id');
  const html = /html/.test(type) || /^\s*<(!doctype|html)/i.test(body);
  const said = html ? ` The answer is a web page, not the API's: is ${host} the right host (and region)?` : body.trim() === '' ? '' : ` It says: ${body.trim()}`;
  return `${ADVICE[status] ?? (status >= 500 ? 'The server has a fault; it did not go away by asking again.' : 'The API refused the request.')}${said}${id === null ? '' : ` Request-Id: ${id}.`}`;
}

const ADVICE: Readonly<Record<number, string>> = {
  400: 'The API does not understand the request: check parameters and ids.',
  401: 'The API does not accept the credentials: check the key or token, its scheme, and that it was not revoked.',
  403: 'The credentials are known but not allowed to do this: check what the key (or the plan) includes, or leave the resource out.',
  404: 'There is nothing at this address: check the base URL (region, version) and the path.',
  429: 'The API is asked too often, and went on saying so: set a lower rateLimit.',
};
