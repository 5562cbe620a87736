import type { SourceEvent } from '../../run/source.js';
import type { Auth } from '../auth/auth.js';
import type { SaveConfig } from './body/save-body.js';
import type { Cookies } from './cookies.js';
import type { ResponseAction } from './response-actions.js';

/** How one request is sent, and who hears of it. */
export interface SendOptions {
  resource: string;
  /**
   * Levels of parents above the resource: its requests take turns with those of other depths and
   * other resources. @default 0
   */
  depth?: number;
  signal: AbortSignal;
  observe: (event: SourceEvent) => void;
  /**
   * Looks at the body of a good answer; a JsonError for one cut short makes the request be
   * repeated.
   */
  check?: (body: Uint8Array) => void;
  /** Statuses that are answers and no errors. @default none */
  accept?: readonly number[];
  /** Look at each answer before its status counts, in their order. @default none */
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
   * A good answer's body goes to a file, and the answer's body is JSON that tells of it; 204 saves
   * nothing. `timeoutMs` ends when the file begins to come. @default kept in memory
   */
  save?: SaveConfig;
}
