/** The headers of an answer. */
export interface ResponseHeaders {
  /**
   * The value of a header, in any spelling; of several with that name all, joined by commas; null
   * where there is none.
   */
  get(name: string): string | null;
}
