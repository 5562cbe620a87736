import { createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { givenOptions } from '../../../../operators/settings/given-options.js';
import {
  checked,
  name,
  record,
  type RecordShape,
  secret,
} from '../../../../operators/settings/shape.js';
import { ConfigError } from '../../../errors.js';
import type { GcsBucket } from '../../stage/gcs/gcs-bucket.js';
import type { GcsCredentials } from '../../stage/gcs/token-form.js';
import { bucketAddress } from './bucket-address.js';
import { endpointShape } from './endpoint-shape.js';
import { fromEnvironment } from './from-environment.js';

/**
 * Who uses Google Cloud Storage: a service account by `clientEmail` and `privateKey`, or a user by
 * `clientId`, `clientSecret` and `refreshToken`. Without them, the file is read that
 * `GOOGLE_APPLICATION_CREDENTIALS` names, or the one of `gcloud auth application-default login`.
 */
export interface GcsConfig {
  /** Name of the service account: `loader@shop.iam.gserviceaccount.com`. */
  clientEmail?: string;
  /** In PEM, as Google gives it; never shown. */
  privateKey?: string;
  /** The program that the user lets act for them. */
  clientId?: string;
  /** That program's; never shown. */
  clientSecret?: string;
  /** What the program was given; never shown. */
  refreshToken?: string;
  /** Address of the service that gives tokens. @default `https://oauth2.googleapis.com/token` */
  tokenUrl?: string;
  /** Address of the service. @default `https://storage.googleapis.com` */
  endpoint?: string;
}

/** What is asked of these options. */
export const gcsShape: RecordShape<GcsConfig> = record<GcsConfig>('gcs', {
  clientEmail: name,
  privateKey: checked(secret(name), (key: string) => {
    try {
      createPrivateKey(pemOf(key));
    } catch {
      throw new ConfigError('`privateKey` is a key in PEM: -----BEGIN PRIVATE KEY-----….');
    }
  }),
  clientId: name,
  clientSecret: secret(name),
  refreshToken: secret(name),
  tokenUrl: endpointShape,
  endpoint: endpointShape,
});

/**
 * The bucket and the prefix of an address. Errors: ConfigError where it names no bucket, and where
 * there are no credentials.
 */
export function gcsPlace(
  where: string,
  address: string,
  config: GcsConfig,
): { kind: 'gcs'; bucket: GcsBucket; prefix: string } {
  const { bucket, prefix } = bucketAddress(where, address, 'gs://bucket/prefix');
  const credentials = credentialsOf(config) ?? credentialsOf(fileConfig());
  if (credentials === null)
    throw new ConfigError(
      `${where} needs the credentials of the bucket: \`gcs: { clientEmail, privateKey }\` of a service account, or \`clientId\`, \`clientSecret\` and \`refreshToken\`; or the environment variable GOOGLE_APPLICATION_CREDENTIALS, which names a file that has them.`,
    );
  const { endpoint = 'https://storage.googleapis.com' } = config;
  return { kind: 'gcs', prefix, bucket: { bucket, credentials, endpoint } };
}

/** The credentials that there are; null where some are missing. */
function credentialsOf({
  clientEmail,
  privateKey,
  clientId,
  clientSecret,
  refreshToken,
  tokenUrl = 'https://oauth2.googleapis.com/token',
}: GcsConfig): GcsCredentials | null {
  if (clientEmail !== undefined && privateKey !== undefined)
    return { kind: 'service', tokenUrl, clientEmail, privateKey: pemOf(privateKey) };
  if (clientId === undefined || clientSecret === undefined || refreshToken === undefined)
    return null;
  return { kind: 'user', tokenUrl, clientId, clientSecret, refreshToken };
}

/** The credentials of Google's own file. Errors: ConfigError for one that has none. */
function fileConfig(): GcsConfig {
  const own = fromEnvironment('GOOGLE_APPLICATION_CREDENTIALS');
  const folder = fromEnvironment('CLOUDSDK_CONFIG') ?? join(homedir(), '.config/gcloud');
  const path = own ?? join(folder, 'application_default_credentials.json');
  return own !== undefined || existsSync(path)
    ? gcsConfigOf(path, () => readFileSync(path, 'utf8'))
    : {};
}

/**
 * The credentials in a document as Google gives it. Errors: ConfigError with its place (`from`) for
 * one that has none, or cannot be read.
 */
export function gcsConfigOf(from: string, read: () => string): GcsConfig {
  let found: Readonly<Record<string, string | undefined>> = {};
  try {
    found = (JSON.parse(read()) ?? {}) as typeof found;
  } catch {
    // The text may have secrets, and the error parts of it.
  }
  // Members that are undefined count as not given.
  const config = givenOptions(
    from,
    {
      clientEmail: found['client_email'],
      privateKey: found['private_key'],
      clientId: found['client_id'],
      clientSecret: found['client_secret'],
      refreshToken: found['refresh_token'],
      tokenUrl: found['token_uri'],
    } as GcsConfig,
    gcsShape,
  );
  if (credentialsOf(config) === null)
    throw new ConfigError(
      `${from} has no credentials of Google: a service account has \`client_email\` and \`private_key\`, a user \`client_id\`, \`client_secret\` and \`refresh_token\`.`,
    );
  return config;
}

/** A key whose line breaks may be written as `\n`, as in environment variables. */
function pemOf(key: string): string {
  return key.replaceAll('\\n', '\n');
}
