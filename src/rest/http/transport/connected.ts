import type { Agent } from 'node:http';
import type { Readable } from 'node:stream';
import type { ResponseHeaders } from '../messages.js';
import type { WireRequest } from './own-fetch.js';

/** What a request is sent through. */
export interface Connected {
  agent: Agent;
  /** Null for none. */
  proxy: URL | null;
}

/** A response whose body is compressed as it was sent. */
export interface Received {
  status: number;
  headers: ResponseHeaders;
  body: Readable | null;
}

/** Sends one request through connections of ours. */
export type SendOver = (url: string, request: WireRequest, through: Connected) => Promise<Received>;
