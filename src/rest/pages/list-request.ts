import type { Auth } from '../auth/auth.js';
import type { RestEndpoint } from '../config/rest-config.js';
import type { List, ListRequest } from './list.js';

/**
 * What is asked for in the same way whatever the rows above a list: all of its requests but
 * address, headers and body.
 */
type Same = Omit<
  ListRequest,
  'url' | 'json' | 'data' | 'headers' | 'saveAs' | 'secrets' | 'limits'
> &
  Pick<List, 'maxPages'>;
type Given = Pick<RestEndpoint, Exclude<keyof Same, 'auth'>> & { auth?: Auth | null };

/** An endpoint's way of asking, with the defaults where it says nothing. */
export function listRequest(given: Given): Same {
  const {
    method = 'GET',
    dataSelector,
    mayBeMissing = false,
    rows = 'array',
    key = null,
    format = 'json',
    skipStatus = [],
    endStatus = [],
    responseActions = [],
    auth,
    poll = null,
    repeatable,
    maxPages = 100_000,
  } = given;
  return {
    method,
    dataSelector: dataSelector === undefined ? null : [dataSelector].flat(),
    mayBeMissing,
    rows,
    key,
    format,
    skipStatus,
    endStatus,
    responseActions,
    auth,
    poll,
    repeatable,
    maxPages,
  };
}
