import type { S3Config } from '../destination/duckdb/files/s3-place.js';
import type { DestinationSettings } from '../settings/destination-settings.js';

/** An S3 service whose credentials have this key among settings, by dlt's names. */
export function s3Settings({ find }: DestinationSettings, key: string): S3Config {
  // Members that are undefined count as not given.
  return {
    accessKeyId: find(`${key}.aws_access_key_id`, 'text'),
    secretAccessKey: find(`${key}.aws_secret_access_key`, 'secret'),
    sessionToken: find(`${key}.aws_session_token`, 'secret'),
    region: find(`${key}.region_name`, 'text'),
    endpoint: find(`${key}.endpoint_url`, 'text'),
  } as S3Config;
}
