import type { IncomingHttpHeaders } from 'node:http';
import type { Row } from './rows.js';

/**
 * What a stand-in responds with: `json` is sent as JSON, `text` and `body` as they are. @default an
 * empty text
 */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  body?: Buffer;
  /** Sent in chunks, without a length. @default false */
  chunked?: boolean;
}

/** A request as a stand-in received it. */
export interface SandboxRequest {
  /** In capital letters. */
  method: string;
  /** As it was sent, percent-encoded. */
  path: string;
  /** The path's placeholders, decoded. */
  params: Readonly<Record<string, string>>;
  /** Parameters of the query, decoded. */
  query: URLSearchParams;
  /** Names in lower case. */
  headers: IncomingHttpHeaders;
  /** The body: parsed when it is JSON, else text; null without one. */
  body: unknown;
  /** IP address of the client. */
  address: string;
  /** Deviations that are switched on. */
  quirks: ReadonlySet<string>;
}

export type Handler = (request: SandboxRequest) => Reply;

/** Handlers by method and path, as `GET /runs/{id}`: a placeholder is one segment of the path. */
export type Routes = Readonly<Record<string, Handler>>;

/**
 * How many requests a service takes: its own limits times `rateScale`, with minutes of
 * `rateWindowMs`.
 */
export interface Limits {
  rateScale: number;
  rateWindowMs: number;
}

/** Defines the stand-in of one service. */
export interface ServiceDefinition {
  credentials: Readonly<Record<string, string>>;
  /** What it holds, by resource: what a complete load has. */
  data: Readonly<Record<string, readonly Row[]>>;
  /** Prefix that stands twice when a client joins addresses badly. */
  prefix: string;
  routes: Routes;
  notFound: Reply;
  unauthorized: Reply;
  isAuthorized(request: SandboxRequest): boolean;
  /**
   * Counts the request against the limit; milliseconds to wait when it is over it, else 0. @default
   * no limit
   */
  wait?(request: SandboxRequest, now: number): number;
  /** Response to a request over the limit. */
  limited(retryAfterSeconds: number, request: SandboxRequest): Reply;
  /**
   * Has the last word on every response. `number` counts requests from 1. @default the response as
   * it is
   */
  finish?(reply: Reply, request: SandboxRequest, number: number): Reply;
}
