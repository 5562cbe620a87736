import { type GcsConfig, gcsConfigOf } from '../destination/duckdb/files/gcs-place.js';
import type { DestinationSettings } from '../settings/destination-settings.js';

/**
 * Who uses Google Cloud Storage, with credentials of this key among settings: by dlt's names, or as
 * a document of Google's. Errors: ConfigError for a document that has none, with its place.
 */
export function gcsSettings({ find, text }: DestinationSettings, key: string): GcsConfig {
  const document = text(key);
  if (document !== undefined) return gcsConfigOf(document.from, () => document.value);
  // Members that are undefined count as not given.
  return {
    clientEmail: find(`${key}.client_email`, 'text'),
    privateKey: find(`${key}.private_key`, 'secret'),
    clientId: find(`${key}.client_id`, 'text'),
    clientSecret: find(`${key}.client_secret`, 'secret'),
    refreshToken: find(`${key}.refresh_token`, 'secret'),
    endpoint: find(`${key}.endpoint_url`, 'text'),
  } as GcsConfig;
}
