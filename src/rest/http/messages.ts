/** A request as its sender means it; client headers and authorization come to it on its way. */
export interface RequestSpec {
  method: string;
  url: URL;
  headers?: Readonly<Record<string, string>>;
  /** Text goes out in UTF-8. */
  body?: string | Uint8Array;
  /**
   * Origin that the body is meant for, where an answer named the address: no other gets it but
   * hosts that are trusted. @default that of `url`
   */
  bodyFor?: string;
}

export interface Answer {
  status: number;
  headers: ResponseHeaders;
  /** Where the answer came from, redirects followed. */
  url: URL;
  /** As it is when decompressed; of a saved file, the JSON that tells of it. */
  body: Uint8Array;
  /** A response action said to pass over this answer. */
  ignored: boolean;
}

/** The headers of an answer. */
export interface ResponseHeaders {
  /**
   * The value of a header, in any spelling; of several with that name all, joined by commas; null
   * where there is none.
   */
  get(name: string): string | null;
}
