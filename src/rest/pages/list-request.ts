import type { Auth } from '../auth/auth.js';
import type { RestEndpoint } from '../config/rest-config.js';
import { sequentialReason } from '../config/sequential-reason.js';
import type { List, ListRequest } from './list.js';

/**
 * What is the same for all lists of an endpoint, whatever the rows above them: all of its requests
 * but address, headers and body.
 */
type Same = Omit<
  ListRequest,
  'url' | 'json' | 'data' | 'headers' | 'saveAs' | 'secrets' | 'limits' | 'compat'
> &
  Pick<List, 'maxPages' | 'parallelPages'>;
type Given = Pick<
  RestEndpoint,
  Exclude<keyof Same, 'auth'> | 'paginator' | 'incremental' | 'saveAs'
> & { auth?: Auth | null };

/** The requests of an endpoint, with the defaults for what it leaves out. */
export function listRequest(endpoint: Given): Same {
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
    parallelPages = null,
  } = endpoint;
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
    parallelPages: sequentialReason(endpoint) === null ? parallelPages : false,
  };
}
