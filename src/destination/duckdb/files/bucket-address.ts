import { ConfigError } from '../../../errors.js';

/** A bucket and what names of objects in it begin with. */
export interface BucketAddress {
  bucket: string;
  /** Without slashes around it; empty for the whole bucket. */
  prefix: string;
}

/**
 * The parts of a bucket's address. Errors: ConfigError where it names no bucket, with the function
 * that took it as it is called (`where`), and an `example`.
 */
export function bucketAddress(where: string, address: string, example: string): BucketAddress {
  const [, bucket = '', prefix = ''] = /^[a-z0-9]+:\/\/([^/?#]*)\/*(.*?)\/*$/i.exec(address) ?? [];
  const isDotted = prefix.split('/').some((part) => /^\.\.?$/.test(part));
  if (!/^[a-z0-9$][a-z0-9._-]+$/.test(bucket) || isDotted)
    throw new ConfigError(`${where} takes the address of a bucket as ${example}.`);
  return { bucket, prefix };
}
