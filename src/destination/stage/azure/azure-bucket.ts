import { accessToken } from '../bucket/access-token.js';
import type { BucketService, Query } from '../bucket/bucket-service.js';
import { encoded } from '../bucket/encoded.js';
import { elementsOf, errorText } from '../bucket/xml.js';
import { sharedKeyHeader } from './sign.js';

/** Who asks Azure: the account's key, a signature made with it, or an application. */
export type AzureCredentials =
  | { kind: 'key'; key: string }
  | { kind: 'sas'; token: string }
  | { kind: 'application'; tenantId: string; clientId: string; clientSecret: string };

/** A container of a storage account and who uses it, as plain data. */
export interface AzureContainer {
  container: string;
  account: string;
  credentials: AzureCredentials;
  /** Address of the account's blobs. */
  endpoint: string;
}

/** The version of the service's protocol that is spoken. */
const VERSION = '2021-12-02';

/** A container of Azure Blob Storage. */
export function azureBucket({
  container,
  account,
  credentials,
  endpoint,
}: AzureContainer): BucketService {
  const url = new URL(endpoint);
  const base = url.pathname.replace(/\/$/, '');
  const pathOf = (key: string): string =>
    `${base}/${[container, ...key.split('/')].map(encoded).join('/')}`;
  const location = `az://${container}`;
  const token = credentials.kind === 'application' ? accessToken(tokenService(credentials)) : null;
  return {
    location,
    url,
    async signed({ method, path, query = [], headers = {} }, size) {
      const sent = { ...headers, 'x-ms-date': new Date().toUTCString(), 'x-ms-version': VERSION };
      if (credentials.kind === 'sas') {
        const signature = [...new URLSearchParams(credentials.token)] as unknown as Query;
        return { query: [...query, ...signature], headers: sent };
      }
      const authorization =
        credentials.kind === 'key'
          ? sharedKeyHeader({ method, path, query, headers: sent, size }, account, credentials.key)
          : `Bearer ${await token?.()}`;
      return { query, headers: { ...sent, authorization } };
    },
    reason: errorText,
    list: (below, isDeep, next) => ({
      method: 'GET',
      path: `${base}/${encoded(container)}`,
      query: [
        ['restype', 'container'],
        ['comp', 'list'],
        ['prefix', below],
        ...(isDeep ? [] : [['delimiter', '/'] as const]),
        ...(next === undefined ? [] : [['marker', next] as const]),
      ],
    }),
    listing(body) {
      const names = elementsOf(body, 'Name');
      return {
        keys: names.filter((name) => !name.endsWith('/')),
        folders: names.filter((name) => name.endsWith('/')),
        next: elementsOf(body, 'NextMarker')[0],
      };
    },
    read: (key) => ({ method: 'GET', path: pathOf(key) }),
    write: (key, body, isNew) => ({
      method: 'PUT',
      path: pathOf(key),
      headers: { 'x-ms-blob-type': 'BlockBlob', ...(isNew && { 'if-none-match': '*' }) },
      body,
    }),
    remove: (key) => ({ method: 'DELETE', path: pathOf(key) }),
    address: (key) => `${location}/${key}`,
  };
}

/** learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
function tokenService({
  tenantId,
  clientId,
  clientSecret,
}: Extract<AzureCredentials, { kind: 'application' }>): Parameters<typeof accessToken>[0] {
  return {
    url: `https://login.microsoftonline.com/${encoded(tenantId)}/oauth2/v2.0/token`,
    form: () => ({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://storage.azure.com/.default',
    }),
  };
}
