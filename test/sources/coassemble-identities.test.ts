import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from 'sluice/sandbox';
import {
  deleteIdentities,
  type DeleteIdentitiesOptions,
} from 'sluice/sources/coassemble-identities';

let sandbox: Sandbox;
let options: DeleteIdentitiesOptions;
beforeEach(async () => {
  sandbox = await startSandbox({ rateScale: 1_000 });
  const { url, credentials } = sandbox.coassemble;
  options = {
    baseUrl: url,
    workspaceId: credentials['workspaceId'] ?? '',
    apiKey: credentials['apiKey'] ?? '',
    rateLimit: '100000/1m',
  };
});
afterEach(() => sandbox.close());
const requests = (): string[] =>
  sandbox.coassemble.requests.map(({ method, url }) => `${method} ${url}`);

describe('deleteIdentities', () => {
  it('does nothing without `dryRun: false`', async () => {
    expect(await deleteIdentities(['learner-1', 'learner-2'], options)).toEqual([
      { identifier: 'learner-1', outcome: 'would be deleted' },
      { identifier: 'learner-2', outcome: 'would be deleted' },
    ]);
    expect(requests()).toEqual([]);
  });

  it('deletes one after another, and takes who is gone for gone', async () => {
    const deleted = await deleteIdentities(['learner-1', 'a/b@c', 'learner-1'], {
      ...options,
      action: 'reallocate',
      reallocateTo: 'learner-3',
      dryRun: false,
    });
    expect(deleted).toEqual([
      { identifier: 'learner-1', outcome: 'deleted' },
      { identifier: 'a/b@c', outcome: 'gone' },
      { identifier: 'learner-1', outcome: 'gone' },
    ]);
    expect(requests()).toEqual(
      ['learner-1', 'a%2Fb%40c', 'learner-1'].map(
        (one) => `DELETE /api/v1/headless/user/${one}?action=reallocate&reallocateTo=learner-3`,
      ),
    );
  });

  it('deletes clients with all that they own', async () => {
    expect(
      await deleteIdentities(['borealis'], { ...options, kind: 'client', dryRun: false }),
    ).toEqual([{ identifier: 'borealis', outcome: 'deleted' }]);
    expect(requests()).toEqual(['DELETE /api/v1/headless/client/borealis']);
  });

  it('never repeats a request, and stops at the first that fails', async () => {
    sandbox.coassemble.control.failNext(1, 503);
    await expect(
      deleteIdentities(['learner-1', 'learner-2'], { ...options, dryRun: false }),
    ).rejects.toThrow(/503/);
    expect(requests().length).toBe(1);
  });

  it('refuses what could delete something else', async () => {
    for (const identifier of ['', ' ', '..'])
      await expect(deleteIdentities([identifier], { ...options, dryRun: false })).rejects.toThrow(
        /empty or consists of dots. Nothing was deleted/,
      );
    await expect(
      deleteIdentities(['x'], { ...options, action: 'reallocate', dryRun: false }),
    ).rejects.toThrow(/needs reallocateTo/);
    expect(requests()).toEqual([]);
  });

  it('is no resource of the source', async () => {
    const { coassemble } = await import('sluice/sources/coassemble');
    expect(() => coassemble(options as object).withResources(['identities_delete'])).toThrow(
      /no resource `identities_delete`/,
    );
  });
});
