import { expect, it } from 'vitest';
import { bearer, duckdb, pipeline, restSource, type RestResource, type RunEvent } from 'sluice';
import { serve } from '../support/local-server.js';

const SHORT = 'sup3r-s3cret-value';
const LONG = Array.from({ length: 40 }, (_, i) => `${i * 7919}`).join('');

/** What a run says about rows in which the API repeats the token. */
async function said(
  resource: Partial<RestResource>,
  seen: string,
  secret = seen,
): Promise<{ events: string; error: string; reasons: string }> {
  const server = await serve(() => ({ json: [{ id: 1, link: `/next?key=${seen}` }] }));
  await using loading = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'd' });
  await loading.run([{ id: 1, link: 5 }], { table: 'items' });
  const events: RunEvent[] = [];
  let error = '';
  try {
    await loading.run(
      restSource({
        name: 'shop',
        client: { baseUrl: server.url, auth: bearer(secret) },
        resources: [{ name: 'items', endpoint: { paginator: 'single' }, ...resource }],
      }),
      { quarantine: true, observe: (event) => events.push(event) },
    );
  } catch (thrown) {
    const { message, stack } = thrown as Error;
    error = `${message} ${stack}`;
  }
  const reasons = await loading
    .dataset()
    .query('SELECT reason FROM d._sluice_quarantine')
    .catch(() => []);
  return { events: JSON.stringify(events), error, reasons: JSON.stringify(reasons) };
}

it.each([
  ['a schema contract that freezes', { schemaContract: { dataType: 'freeze' } }, 'error'],
  ['a schema contract that discards', { schemaContract: { dataType: 'discard_row' } }, 'reasons'],
  ['a notice about a variant', {}, 'events'],
  [
    'a cursor without an order',
    { endpoint: { paginator: 'single', incremental: { cursorPath: 'link', initialValue: 1 } } },
    'error',
  ],
] as const)('%s does not show a token that the API repeats in rows', async (_, resource, where) => {
  expect((await said(resource, 'harmless', SHORT))[where]).toContain('key=harmless');
  for (const secret of [SHORT, LONG]) {
    const shown = await said(resource, secret);
    expect(shown[where]).toContain('key=***');
    expect(JSON.stringify(shown)).not.toContain(secret.slice(0, 12));
  }
});
