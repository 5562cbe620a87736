import type { SourceEvent } from '../../../run/source.js';
import type { PageTracing } from '../../../run/tracing.js';
import type { Auth } from '../../auth/auth.js';
import type { BodyFile } from '../body/body-file.js';
import type { SaveConfig } from '../body/save-body.js';
import type { HttpResponse } from '../messages.js';
import type { ResponseAction } from '../response-actions.js';
import type { Cookies } from '../transport/cookies.js';

/** How one request is sent, and who observes it. */
export interface SendOptions<T = null> {
  /** Name of the resource that the request is for; it is in events and errors. */
  resource: string;
  /**
   * Levels of parents above the resource: its requests alternate with those of other depths and
   * other resources. @default 0
   */
  depth?: number;
  /** Aborts the request, wherever it is. */
  signal: AbortSignal;
  /** Traces the requests for one page. @default they are not traced */
  tracing?: PageTracing | undefined;
  /** Is called with requests, waits and notices as they happen. */
  observe: (event: SourceEvent) => void;
  /**
   * Reads the body of a successful response; `send` returns its result as `decoded`. A JsonError
   * that says the body was cut short makes the request be repeated; other errors are thrown by
   * `send`. @default the body is not read
   */
  decode?: (body: Uint8Array, status: number) => T;
  /** Statuses that are no errors; bodies of these responses are not decoded. @default none */
  accept?: readonly number[];
  /** Applied to each response in their order, before its status counts. @default none */
  actions?: readonly ResponseAction[];
  /**
   * Values in the request that nothing shows, whatever the names beside them. @default those whose
   * names say that they are secret
   */
  secrets?: readonly string[];
  /** In place of the client's; null: none. @default the client's */
  auth?: Auth | null;
  /** The cookies of the run. @default those of the client */
  cookies?: Cookies;
  /**
   * False: never repeated, whatever comes of it. True: repeated even where the method is one that
   * changes things. @default as the client's `retry` says
   */
  retry?: boolean;
  /**
   * Statuses after which a request is not repeated by itself; `statuses` of the client's `retry`
   * and response actions come before them. @default none
   */
  lasting?: readonly number[];
  /**
   * The body of a successful response goes to a file, and the response's body is JSON that
   * describes the file; 204 saves nothing. `timeoutMs` ends when the file begins to come.
   * @default kept in memory
   */
  save?: SaveConfig;
  /** What is done with the body of a successful response that is large. @default as with others */
  large?: LargeBodies<T>;
}

/** Bodies that are kept in a temporary file while they are worked on. */
export interface LargeBodies<T> {
  /** Bytes of a body above which it is kept so. */
  memoryBytes: number;
  /**
   * In the place of `decode`. It owns the file where it resolves, and has to close it some time.
   *
   * @param head the beginning of the body
   */
  decode: (file: BodyFile, status: number, head: Uint8Array) => Promise<T>;
  /** Is called where a response action has read such a body to memory, with its bytes. */
  onWhole: (bytes: number) => void;
}

/** The response that `send` returns. */
export interface SentResponse<T> extends HttpResponse {
  /** A response action skipped it. */
  ignored: boolean;
  /**
   * What `decode` returned; null where the response is ignored, `accept` has its status, or 204.
   */
  decoded: T | null;
}
