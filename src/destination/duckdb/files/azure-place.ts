import {
  checked,
  name,
  record,
  type RecordShape,
  secret,
} from '../../../../operators/settings/shape.js';
import { ConfigError } from '../../../errors.js';
import type { AzureContainer, AzureCredentials } from '../../stage/azure/azure-bucket.js';
import { bucketAddress } from './bucket-address.js';
import { endpointShape } from './endpoint-shape.js';
import { fromEnvironment } from './from-environment.js';

/**
 * A storage account of Azure, and who uses it: by the account's key, a shared access signature, or
 * an application of Entra ID. What is left out is read from environment variables.
 */
export interface AzureConfig {
  /** @default that of the address, or `AZURE_STORAGE_ACCOUNT_NAME` */
  accountName?: string;
  /** Never shown. @default `AZURE_STORAGE_ACCOUNT_KEY` */
  accountKey?: string;
  /** Never shown. @default `AZURE_STORAGE_SAS_TOKEN` */
  sasToken?: string;
  /** @default `AZURE_TENANT_ID` */
  tenantId?: string;
  /** @default `AZURE_CLIENT_ID` */
  clientId?: string;
  /** Never shown. @default `AZURE_CLIENT_SECRET` */
  clientSecret?: string;
  /** Address of the account's blobs. @default `https://<account>.blob.core.windows.net` */
  endpoint?: string;
}

/** What is asked of the options of an account. */
export const azureShape: RecordShape<AzureConfig> = record<AzureConfig>('azure', {
  accountName: checked(name, (account: string) => {
    if (!/^[a-z0-9]{3,24}$/.test(account))
      throw new ConfigError('`accountName` has 3 to 24 small letters and digits.');
  }),
  accountKey: checked(secret(name), (key: string) => {
    if (!/^[A-Za-z0-9+/]+=*$/.test(key)) throw new ConfigError('`accountKey` is base64.');
  }),
  sasToken: checked(secret(name), (token: string) => {
    if (!/^\??[^\s;?]+$/.test(token) || !new URLSearchParams(token).has('sig'))
      throw new ConfigError('`sasToken` is a query with `sig`: sv=…&sig=….');
  }),
  tenantId: name,
  clientId: name,
  clientSecret: secret(name),
  endpoint: endpointShape,
});

/**
 * The container and the prefix of an address: `az://container/prefix`, or with the account
 * `abfss://container@account.dfs.core.windows.net/prefix`. Errors: ConfigError where it names no
 * container, and where there is no account, or nothing by which it is used.
 */
export function azurePlace(
  where: string,
  address: string,
  config: AzureConfig,
): { kind: 'azure'; container: AzureContainer; prefix: string } {
  const [, own = '', host, rest = ''] = /^\w+:\/\/([^@/]*)@([a-z0-9.-]+)(.*)$/.exec(address) ?? [];
  const { bucket: container, prefix } = bucketAddress(
    where,
    host === undefined ? address : `az://${own}${rest}`,
    'az://container/prefix',
  );
  const account =
    config.accountName ??
    host?.split('.')[0] ??
    fromEnvironment('AZURE_STORAGE_ACCOUNT_NAME', 'AZURE_STORAGE_ACCOUNT');
  const credentials = credentialsOf(config) ?? credentialsOf(environment());
  if (account === undefined || credentials === null)
    throw new ConfigError(
      `${where} needs the storage account and its credentials: \`azure: { accountName, accountKey }\`, \`sasToken\`, or \`tenantId\`, \`clientId\` and \`clientSecret\`; or the environment variables AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY (AZURE_STORAGE_SAS_TOKEN; AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET).`,
    );
  return {
    kind: 'azure',
    prefix,
    container: {
      container,
      account,
      credentials,
      endpoint: config.endpoint ?? blobEndpoint(host ?? `${account}.dfs.core.windows.net`),
    },
  };
}

/** Address of an account's blobs, by a host of its: that of its folders, or of the blobs. */
export function blobEndpoint(host: string): string {
  return `https://${host.replace('.dfs.', '.blob.')}`;
}

/** The credentials that there are; null where some are missing. */
function credentialsOf({
  accountKey,
  sasToken,
  tenantId,
  clientId,
  clientSecret,
}: AzureConfig): AzureCredentials | null {
  if (accountKey !== undefined) return { kind: 'key', key: accountKey };
  if (sasToken !== undefined) return { kind: 'sas', token: sasToken };
  if (tenantId === undefined || clientId === undefined || clientSecret === undefined) return null;
  return { kind: 'application', tenantId, clientId, clientSecret };
}

function environment(): AzureConfig {
  // Members that are undefined count as not given.
  return {
    accountKey: fromEnvironment('AZURE_STORAGE_ACCOUNT_KEY', 'AZURE_STORAGE_KEY'),
    sasToken: fromEnvironment('AZURE_STORAGE_SAS_TOKEN'),
    tenantId: fromEnvironment('AZURE_TENANT_ID'),
    clientId: fromEnvironment('AZURE_CLIENT_ID'),
    clientSecret: fromEnvironment('AZURE_CLIENT_SECRET'),
  } as AzureConfig;
}
