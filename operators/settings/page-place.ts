import type { Page } from '../types.js';
import type { ErrorPlace } from './error-place.js';

/** The place of a page in errors, with what was requested for it where that is known. */
export function placeOfPage(
  page: Pick<Page, 'resource' | 'parent' | 'index' | 'request'>,
): ErrorPlace {
  const { resource, parent, index } = page;
  const request = page.request?.();
  return { resource, parent, page: index, ...(request && { request }) };
}

/** A message with the request behind it, unless it names the request already. */
export function withRequest(message: string, request: ErrorPlace['request']): string {
  if (request === undefined || message.includes(request.url)) return message;
  const stop = message.endsWith('.') ? '' : '.';
  return `${message}${stop} Request: ${request.method} ${request.url}.`;
}
