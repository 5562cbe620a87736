import { type FilesConfig, files } from '../destination/duckdb/files/files.js';
import { destinationSettings } from '../settings/destination-settings.js';
import type { DestinationKind } from './destination-kind.js';

/** Files in a folder, by its address: dlt's `filesystem`. */
export const filesKind: DestinationKind = {
  schemes: ['file'],
  example: 'file:///data/lake',
  make(address, options) {
    const { find, missing } = destinationSettings('filesystem', options);
    const url = address ?? find('bucket_url', 'text');
    if (url === undefined) throw missing('bucket_url', filesKind.example);
    // Members that are undefined count as not given, and `format` is checked.
    return files(url, { format: find('format', 'text') } as FilesConfig);
  },
};
