/** Bytes that are read piece by piece: those of a body in a file. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /**
   * Reads the bytes from `from` to `to` (not included) into `into`, or into memory of their own
   * without it.
   */
  read(from: number, to: number, into?: Uint8Array): Promise<Uint8Array>;
}
