/** A request to a service of buckets, before anybody signs it. */
export interface BucketRequest {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** As it is sent: each part percent-encoded. */
  path: string;
  query?: Query;
  headers?: Readonly<Record<string, string>>;
  /** A text, or the path of a file. */
  body?: { text: string } | { path: string };
}

/** Parts of a query, not encoded. */
export type Query = readonly (readonly [name: string, value: string])[];

/** A part of what a bucket lists. */
export interface Listing {
  /** Keys of objects. */
  keys: string[];
  /** What keys further below begin with, up to the next slash. */
  folders: string[];
  /** Asks for the next part; undefined behind the last one. */
  next: string | undefined;
}

/** A bucket of a service, and how that is spoken to. Its functions make requests and send none. */
export interface BucketService {
  /** The bucket for people: `s3://lake`. */
  readonly location: string;
  /** Address of the service. */
  readonly url: URL;
  /**
   * The query and the headers that a request is sent with: its own, and those by which the service
   * knows who asks.
   */
  signed(
    request: BucketRequest,
    size: number,
  ): Promise<{ query: Query; headers: Readonly<Record<string, string>> }>;
  /** What the body of an error says, for people. */
  reason(body: string): string;
  /** Asks which objects have keys that begin with this; those without a further slash, or all. */
  list(below: string, isDeep: boolean, next?: string): BucketRequest;
  listing(body: string): Listing;
  read(key: string): BucketRequest;
  /** `isNew`: refused with 409 or 412 where there is one. */
  write(key: string, body: NonNullable<BucketRequest['body']>, isNew: boolean): BucketRequest;
  remove(key: string): BucketRequest;
  /** How SQL that reads files names an object. */
  address(key: string): string;
}
