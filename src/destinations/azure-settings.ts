import { type AzureConfig, blobEndpoint } from '../destination/duckdb/files/azure-place.js';
import type { DestinationSettings } from '../settings/destination-settings.js';

/** A storage account of Azure whose credentials have this key among settings, by dlt's names. */
export function azureSettings({ find }: DestinationSettings, key: string): AzureConfig {
  const host = find(`${key}.azure_account_host`, 'text');
  // Members that are undefined count as not given.
  return {
    accountName: find(`${key}.azure_storage_account_name`, 'text'),
    accountKey: find(`${key}.azure_storage_account_key`, 'secret'),
    sasToken: find(`${key}.azure_storage_sas_token`, 'secret'),
    tenantId: find(`${key}.azure_tenant_id`, 'text'),
    clientId: find(`${key}.azure_client_id`, 'text'),
    clientSecret: find(`${key}.azure_client_secret`, 'secret'),
    endpoint: find(`${key}.endpoint_url`, 'text') ?? (host && blobEndpoint(host)),
  } as AzureConfig;
}
