import type { BodyFile } from './body/body-file.js';
import type { HttpResponse } from './messages.js';

/** Responses whose bodies nobody has looked at or replaced. */
const unread = new WeakSet<HttpResponse>();

/**
 * A response whose body is in a file. Its `body` is read to memory when somebody looks at it, and
 * is a member of its own, so that copies of the response have it.
 */
export function responseInFile(
  { status, headers, url }: Omit<HttpResponse, 'body'>,
  file: BodyFile,
): HttpResponse {
  const response = { status, headers, url } as HttpResponse;
  const set = (body: Uint8Array): void => {
    unread.delete(response);
    Object.defineProperty(response, 'body', { value: body, writable: true });
  };
  const get = (): Uint8Array => {
    set(file.readNow(0, file.size));
    return response.body;
  };
  unread.add(response);
  return Object.defineProperty(response, 'body', {
    get,
    set,
    enumerable: true,
    configurable: true,
  });
}

/** Whether the response's body is in its file alone. */
export function isUnread(response: HttpResponse): boolean {
  return unread.has(response);
}
