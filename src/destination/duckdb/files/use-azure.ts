import type { DuckDBInstance } from '@duckdb/node-api';
import type { AzureContainer } from '../../stage/azure/azure-bucket.js';
import { literal } from '../literal.js';
import { loadExtensions } from '../load-extensions.js';
import { runOnce } from '../run-once.js';

/** Lets SQL read files of a container. Errors: LoadError where the extension is missing. */
export async function useAzure(
  instance: DuckDBInstance,
  { account, credentials, endpoint }: AzureContainer,
): Promise<void> {
  await loadExtensions(instance, 'azure');
  const connection = {
    BlobEndpoint: endpoint,
    AccountName: account,
    ...(credentials.kind === 'key' && { AccountKey: credentials.key }),
    ...(credentials.kind === 'sas' && {
      SharedAccessSignature: credentials.token.replace(/^\?/, ''),
    }),
  };
  const settings =
    credentials.kind === 'application'
      ? {
          PROVIDER: 'service_principal',
          TENANT_ID: credentials.tenantId,
          CLIENT_ID: credentials.clientId,
          CLIENT_SECRET: credentials.clientSecret,
          ACCOUNT_NAME: account,
        }
      : {
          CONNECTION_STRING: Object.entries(connection)
            .map((part) => part.join('='))
            .join(';'),
        };
  const given = Object.entries(settings).map(([name, value]) => `${name} ${literal(value)}`);
  await runOnce(instance, `CREATE OR REPLACE SECRET sluice (TYPE azure, ${given.join(', ')})`);
}
