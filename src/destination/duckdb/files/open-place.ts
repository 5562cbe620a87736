import type { DuckDBInstance } from '@duckdb/node-api';
import { azureBucket } from '../../stage/azure/azure-bucket.js';
import { bucketStore } from '../../stage/bucket/bucket-store.js';
import type { FileStore } from '../../stage/file-store.js';
import { gcsBucket } from '../../stage/gcs/gcs-bucket.js';
import { localStore } from '../../stage/local-store.js';
import { s3Bucket } from '../../stage/s3/s3-bucket.js';
import type { FilesPlace } from './files-database.js';
import { useAzure } from './use-azure.js';
import { useBucket } from './use-bucket.js';
import { useGcs } from './use-gcs.js';

/** Files of a place, and a function that lets SQL read them, which is called before each query. */
export interface OpenPlace {
  store: FileStore;
  allow: (instance: DuckDBInstance) => Promise<void>;
}

/** The files of a place. */
export function openPlace(place: FilesPlace): OpenPlace {
  if (place.kind === 'folder')
    return { store: localStore(place.path), allow: () => Promise.resolve() };
  if (place.kind === 's3')
    return {
      store: bucketStore(s3Bucket(place.bucket), place.prefix),
      allow: once((instance) => useBucket(instance, place.bucket)),
    };
  if (place.kind === 'azure')
    return {
      store: bucketStore(azureBucket(place.container), place.prefix),
      allow: once((instance) => useAzure(instance, place.container)),
    };
  const service = gcsBucket(place.bucket);
  return { store: bucketStore(service, place.prefix), allow: useGcs(service) };
}

/** Until it has worked. */
function once(allow: OpenPlace['allow']): OpenPlace['allow'] {
  let isDone = false;
  return async (instance) => {
    if (!isDone) await allow(instance);
    isDone = true;
  };
}
