import { type FilesConfig, files } from '../destination/duckdb/files/files.js';
import { BUCKET_SCHEMES, bucketKind } from '../destination/duckdb/files/place-of.js';
import { destinationSettings } from '../settings/destination-settings.js';
import { azureSettings } from './azure-settings.js';
import type { DestinationKind } from './destination-kind.js';
import { gcsSettings } from './gcs-settings.js';
import { s3Settings } from './s3-settings.js';

/** Files in a folder or a bucket, by its address: dlt's `filesystem`. */
export const filesKind: DestinationKind = {
  schemes: ['file', ...Object.keys(BUCKET_SCHEMES)],
  example: 'file:///data/lake',
  make(address, options) {
    const settings = destinationSettings('filesystem', options);
    const { find, missing } = settings;
    const url = address ?? find('bucket_url', 'text');
    if (url === undefined) throw missing('bucket_url', filesKind.example);
    const kind = bucketKind(url);
    const config = {
      format: find('format', 'text'),
      extensions: find('extensions', 'text'),
      ...(kind === 's3' && { s3: s3Settings(settings, 'credentials') }),
      ...(kind === 'gcs' && { gcs: gcsSettings(settings, 'credentials') }),
      ...(kind === 'azure' && { azure: azureSettings(settings, 'credentials') }),
    };
    // Members that are undefined count as not given, and `format` is checked.
    return files(url, config as FilesConfig);
  },
};
