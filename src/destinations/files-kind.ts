import { type FilesConfig, files } from '../destination/duckdb/files/files.js';
import { destinationSettings } from '../settings/destination-settings.js';
import type { DestinationKind } from './destination-kind.js';

/** Files in a folder or a bucket, by its address: dlt's `filesystem`. */
export const filesKind: DestinationKind = {
  schemes: ['file', 's3'],
  example: 'file:///data/lake',
  make(address, options) {
    const { find, missing } = destinationSettings('filesystem', options);
    const url = address ?? find('bucket_url', 'text');
    if (url === undefined) throw missing('bucket_url', filesKind.example);
    const config = {
      format: find('format', 'text'),
      extensions: find('extensions', 'text'),
      s3: {
        accessKeyId: find('credentials.aws_access_key_id', 'text'),
        secretAccessKey: find('credentials.aws_secret_access_key', 'secret'),
        sessionToken: find('credentials.aws_session_token', 'secret'),
        region: find('credentials.region_name', 'text'),
        endpoint: find('credentials.endpoint_url', 'text'),
      },
    };
    // Members that are undefined count as not given, and `format` is checked.
    return files(url, config as FilesConfig);
  },
};
