/** A request before the client's headers and authorization are added. */
export interface RequestSpec {
  method: string;
  url: URL;
  headers?: Readonly<Record<string, string>>;
  /** Text goes out in UTF-8. */
  body?: string | Uint8Array;
  /**
   * Origin that the body is meant for, where a response named the address: no other gets it but
   * hosts that are trusted. @default that of `url`
   */
  bodyFor?: string;
}

/** A response whose body was read to its end. */
export interface HttpResponse {
  status: number;
  headers: ResponseHeaders;
  /** Where the response came from, redirects followed. */
  url: URL;
  /** Decompressed, in UTF-8; of a saved file, the JSON that describes it. */
  body: Uint8Array;
}

/** The headers of a response. */
export interface ResponseHeaders {
  /**
   * The value of a header, in any spelling; of several with that name all, joined by commas; null
   * where there is none.
   */
  get(name: string): string | null;
}
