import {
  name,
  record,
  type RecordShape,
  secret,
  text,
} from '../../../../operators/settings/shape.js';
import { ConfigError } from '../../../errors.js';
import type { S3Bucket } from '../../stage/s3/s3-bucket.js';
import { bucketAddress } from './bucket-address.js';
import { endpointShape } from './endpoint-shape.js';
import { fromEnvironment } from './from-environment.js';

/** An S3 service, and who uses it. What is left out is read from AWS' own environment variables. */
export interface S3Config {
  /** @default `AWS_ACCESS_KEY_ID` */
  accessKeyId?: string;
  /** Never shown. @default `AWS_SECRET_ACCESS_KEY` */
  secretAccessKey?: string;
  /** Of credentials that end; never shown. @default `AWS_SESSION_TOKEN` */
  sessionToken?: string;
  /** @default `AWS_REGION`, `AWS_DEFAULT_REGION`, or `us-east-1` */
  region?: string;
  /**
   * Address of a service that is not AWS. @default `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, or
   * AWS
   */
  endpoint?: string;
}

/** What is asked of the options of an S3 service. */
export const s3Shape: RecordShape<S3Config> = record<S3Config>('s3', {
  accessKeyId: secret(name),
  secretAccessKey: secret(name),
  sessionToken: secret(text),
  region: name,
  endpoint: endpointShape,
});

/**
 * The bucket and the prefix of an address. Errors: ConfigError where it names no bucket, and where
 * there are no credentials. `where`: the function that takes them, as it is called.
 */
export function s3Place(
  where: string,
  address: string,
  config: S3Config,
): { kind: 's3'; bucket: S3Bucket; prefix: string } {
  const { bucket, prefix } = bucketAddress(where, address, 's3://bucket/prefix');
  const accessKeyId = config.accessKeyId ?? fromEnvironment('AWS_ACCESS_KEY_ID');
  const secretAccessKey = config.secretAccessKey ?? fromEnvironment('AWS_SECRET_ACCESS_KEY');
  // A token belongs to the credentials that it came with.
  const sessionToken =
    config.sessionToken ??
    (config.accessKeyId === undefined ? fromEnvironment('AWS_SESSION_TOKEN') : undefined);
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new ConfigError(
      `${where} needs the credentials of the bucket: \`s3: { accessKeyId, secretAccessKey }\`, or the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
    );
  return {
    kind: 's3',
    prefix,
    bucket: {
      bucket,
      region: config.region ?? fromEnvironment('AWS_REGION', 'AWS_DEFAULT_REGION') ?? 'us-east-1',
      credentials: {
        accessKeyId,
        secretAccessKey,
        ...(sessionToken !== undefined && { sessionToken }),
      },
      endpoint:
        config.endpoint ?? fromEnvironment('AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL') ?? null,
    },
  };
}
