import type { HttpResponse, RequestSpec } from '../http/messages.js';

/** A request that is about to be sent, to be changed in place. */
export interface AuthRequest {
  /** In capital letters. */
  readonly method: string;
  /** Whole address, with its query. */
  url: URL;
  /** Names are in lower case. */
  headers: Record<string, string>;
  /** As it is sent. @default none */
  body?: string | Uint8Array;
}

/** How requests are authorized. Only ever applied to requests to hosts that are trusted. */
export interface Auth {
  /**
   * Puts the authorization on a request; once an attempt and redirect, as late as possible, so that
   * a signature is fresh.
   */
  apply(request: AuthRequest): void | Promise<void>;
  /**
   * Values that must never be shown; read again for each request, since some are learned on the
   * way.
   */
  readonly secrets: readonly string[];
  /**
   * Names of query parameters that it sets, read again for each request as well. Links are stored
   * without them, since each request has its own. @default none
   */
  readonly params?: readonly string[];
  /**
   * The same with what was left out read from the source's settings; `setting` throws where there
   * is none.
   */
  withSettings?(setting: (key: string) => string): Auth;
  /** Where credentials are got on the way: how. */
  readonly renewal?: Renewal;
}

/** Credentials that are got by a request, and expire. */
export interface Renewal {
  /** True where there are none, where they are about to expire, and where they were refused. */
  due(): boolean;
  /**
   * Gets new ones. Whoever calls meanwhile waits for the same. Rejects with the signal's reason
   * when that aborts.
   */
  renew(context: RenewalContext): Promise<void>;
  /** Counts up with each new credentials. */
  readonly version: number;
  /**
   * Says that an API refused (401) the credentials of this version: they are due, unless there are
   * newer ones by now.
   */
  refuse(version: number): void;
}

/** What a token is got with. */
export interface RenewalContext {
  /** The client's. */
  baseUrl: string;
  signal: AbortSignal;
  /**
   * Sends a request without authorization or redirects; it is throttled and repeated as all are.
   * Errors: HttpError.
   */
  send: (spec: RequestSpec) => Promise<HttpResponse>;
}
