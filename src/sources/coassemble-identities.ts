import { ConfigError } from '../errors.js';
import { header } from '../rest/auth/header.js';
import { httpClient } from '../rest/http/http-client.js';
import { readOptions } from '../settings/source-options.js';
import { coassemble, coassembleAuthorization, type CoassembleOptions } from './coassemble.js';

/**
 * Options of `deleteIdentities`, beside those of `coassemble`: which identities are deleted and
 * what happens to their courses. Without options it is a dry run for users.
 */
export interface DeleteIdentitiesOptions extends CoassembleOptions {
  /** Users, or clients: deleting a client deletes everything that it owns. @default 'user' */
  kind?: 'user' | 'client';
  /**
   * What becomes of a user's courses: given to `reallocateTo`, deleted, or left as they are.
   * @default the service's own
   */
  action?: 'reallocate' | 'delete' | 'ignore';
  /** Identifier of the user who gets them. */
  reallocateTo?: string;
  /** True: nothing is sent to the service; the result lists what would be deleted. @default true */
  dryRun?: boolean;
  /** Aborts between two identities and while one is deleted. @default none */
  signal?: AbortSignal;
}

/** The outcome for one identity. `gone`: the service did not have it (any more). */
export interface DeletedIdentity {
  /** As it was given. */
  identifier: string;
  /** What was done, or would be. */
  outcome: 'would be deleted' | 'deleted' | 'gone';
}

/**
 * Deletes identities at Coassemble, one after another (for example those of people who want to be
 * forgotten, from a query). It is not part of any load, and a dry run by default: set `dryRun:
 * false` to delete. A request is never repeated. When one fails, those before it are deleted and
 * those after it are not, and the error names it.
 *
 * No identifiers: nothing is done. Errors: ConfigError for an empty identifier, `reallocate`
 * without `reallocateTo`, or a missing key; HttpError. Source of the rules: the service's
 * documentation of DELETE /user/{identifier} and /client/{identifier} (404: already gone).
 *
 * @example await deleteIdentities(['learner-902'], { action: 'ignore', dryRun: false })
 */
export async function deleteIdentities(
  identifiers: readonly string[],
  options: DeleteIdentitiesOptions = {},
): Promise<DeletedIdentity[]> {
  const {
    kind = 'user',
    action,
    reallocateTo,
    dryRun = true,
    signal = new AbortController().signal,
    ...given
  } = options;
  if (identifiers.some((identifier) => identifier.trim() === '' || /^\.{1,2}$/.test(identifier)))
    throw new ConfigError(
      'An identifier to delete is empty or consists of dots. Nothing was deleted.',
    );
  if (action === 'reallocate' && reallocateTo === undefined)
    throw new ConfigError(
      'action `reallocate` needs reallocateTo: the user who gets the courses. Nothing was deleted.',
    );
  if (dryRun) return identifiers.map((identifier) => ({ identifier, outcome: 'would be deleted' }));
  const settings = readOptions<CoassembleOptions>(coassemble.sourceName, coassemble.options, {
    ...given,
  });
  const client = httpClient({
    baseUrl: settings.baseUrl ?? 'https://api.coassemble.com',
    auth: header('Authorization', coassembleAuthorization(settings), [settings.apiKey ?? '']),
    rateLimit: settings.rateLimit ?? '100/1m',
  });
  const deleted: DeletedIdentity[] = [];
  for (const identifier of identifiers) {
    const url = new URL(
      `/api/v1/headless/${kind}/${encodeURIComponent(identifier)}`,
      client.baseUrl,
    );
    if (action !== undefined) url.searchParams.set('action', action);
    if (reallocateTo !== undefined) url.searchParams.set('reallocateTo', reallocateTo);
    const { status } = await client.send(
      { method: 'DELETE', url },
      {
        resource: 'identities_delete',
        signal,
        observe: () => undefined,
        accept: [404],
        retry: false,
      },
    );
    deleted.push({ identifier, outcome: status === 404 ? 'gone' : 'deleted' });
  }
  return deleted;
}
