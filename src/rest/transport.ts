import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import nodeFetch from 'node-fetch';

/** What is needed of a `fetch`: node-fetch (the default), Node's own or any other of this shape. */
export type FetchLike = (url: string, init: FetchInit) => Promise<FetchAnswer>;

export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  redirect: 'manual';
  signal: AbortSignal;
}

export interface FetchAnswer {
  status: number;
  headers: { get(name: string): string | null };
  body: AsyncIterable<Uint8Array | string> | null;
}

/** node-fetch with connections that are kept open; as many as requests may be under way. */
export function keepAliveFetch(concurrency: number): FetchLike {
  const options = { keepAlive: true, maxSockets: concurrency };
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);
  const agent = ({ protocol }: URL): HttpAgent => (protocol === 'http:' ? http : https);
  return (url, { body, ...init }) => nodeFetch(url, body === undefined ? { ...init, agent } : { ...init, body, agent });
}

export interface ReadLimits {
  /** Bytes. */
  maxBytes: number;
  /** Milliseconds without a byte. */
  stallMs: number;
}

/** A fault that asking again would not mend. */
export class PermanentFault extends Error {}

/**
 * The whole body. `stop` ends the request when a limit is reached or reading fails: a body left half-read would hold its
 * connection for ever.
 */
export async function readBody(answer: FetchAnswer, { maxBytes, stallMs }: ReadLimits, stop: (reason: Error) => void): Promise<Uint8Array> {
  if (answer.body === null) return new Uint8Array();
  const announced = announcedBytes(answer);
  const tooLarge = new PermanentFault(`the body is larger than ${maxBytes.toLocaleString('en-US')} bytes; ask for smaller pages, or raise maxBytes`);
  if (announced > maxBytes) {
    stop(tooLarge);
    throw tooLarge;
  }
  const body = new GrowingBody(Math.min(announced, TRUSTED_BYTES));
  let timer = stallTimer(stallMs, stop);
  try {
    for await (const chunk of answer.body) {
      clearTimeout(timer);
      const size = body.add(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      if (size > maxBytes) throw tooLarge;
      timer = stallTimer(stallMs, stop);
    }
  } catch (error) {
    stop(error as Error);
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return body.bytes();
}

/** Most bytes that are taken on a server's word, before any of them is there. */
const TRUSTED_BYTES = 16 * 1024 * 1024;

/** Bytes that the body will have, as far as its headers tell; 0 where they do not (a compressed body's length is another). */
function announcedBytes({ headers }: FetchAnswer): number {
  const announced = headers.get('content-encoding') === null ? Number(headers.get('content-length') ?? 0) : 0;
  return announced > 0 && Number.isFinite(announced) ? announced : 0;
}

/** A body as it comes in: written to its place at once where its length is known, so that it is copied once. */
class GrowingBody {
  #buffer: Uint8Array;
  #size = 0;

  constructor(expected: number) {
    this.#buffer = new Uint8Array(Math.max(expected, 16_384));
  }

  /** Adds a chunk; the size so far. */
  add(chunk: Uint8Array): number {
    const size = this.#size + chunk.byteLength;
    if (size > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(size, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#size);
    this.#size = size;
    return size;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }
}

/** Calls `stop` after so many milliseconds, unless it is cleared before. */
export function stallTimer(ms: number, stop: (reason: Error) => void): NodeJS.Timeout {
  return setTimeout(() => stop(new Error(`no byte came for ${ms / 1000} s`)), ms);
}
