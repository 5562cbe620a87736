import { userFunction } from '../../../operators/settings/user-function.js';
import { ConfigError } from '../../errors.js';
import type { BodyFile } from './body/body-file.js';
import type { HttpResponse } from './messages.js';
import { isUnread, responseInFile } from './response-in-file.js';

/**
 * A response as response actions see it; status and body may be changed in place. A body that is
 * too large for memory is read to it when a function looks at `body`, which a notice reports.
 */
export type ActionResponse = HttpResponse;

/** Changes a response, returns another one in its place, or throws to end the run. */
export type ResponseHandler = (
  response: ActionResponse,
) => ActionResponse | void | Promise<ActionResponse | void>;

/**
 * What to do with responses: a function for each of them, or for those that meet all conditions
 * given (`statusCode`; `content`: a part of the body's text) functions in their order, or a word.
 * `'ignore'`: the response is skipped without an error, and is the end of its list. `'wait'`: it is
 * a rate limit, and is waited out as 429 is. `'retry'`: the request is sent again after a back-off,
 * as after 503, whatever its method.
 */
export type ResponseAction =
  | ResponseHandler
  | {
      /** Status of the response. @default any */
      statusCode?: number;
      /** Part of the body's text. @default any body */
      content?: string;
      /** What is done; functions in their order. */
      action: ResponseWord | ResponseHandler | readonly ResponseHandler[];
    };

/** What a response action can say without a function. */
export type ResponseWord = (typeof WORDS)[number];

const WORDS = ['ignore', 'wait', 'retry'] as const;

/**
 * A response after all actions. `ignored`: it is skipped. `again`: it is requested again. `isRead`:
 * a function has read or replaced a body that was in a file.
 */
export type ActedResponse = HttpResponse & {
  ignored: boolean;
  again: 'wait' | 'retry' | null;
  isRead: boolean;
};

/**
 * Checks response actions; `where` names the list. ConfigError for an unknown word, and for a word
 * that would apply to every response.
 */
export function checkActions(actions: readonly ResponseAction[], where = 'responseActions'): void {
  for (const [i, given] of actions.entries()) {
    if (typeof given === 'function') continue;
    const { statusCode, content = '', action } = given;
    const known =
      isWord(action) ||
      (Array.isArray(action) ? action : [action]).every((one) => typeof one === 'function');
    if (!known)
      throw new ConfigError(
        `${where}[${i}].action must be 'ignore', 'wait', 'retry', a function or a list of functions; found ${JSON.stringify(action) ?? typeof action}.`,
      );
    if (isWord(action) && statusCode === undefined && content === '')
      throw new ConfigError(
        `${where}[${i}] is '${action}' for every response. Give it a statusCode, a content, or both.`,
      );
  }
}

/**
 * Applies to a response all actions whose conditions it meets, in their order; each sees the result
 * of those before it. A word ends them. Errors: FunctionError for a handler that throws or returns
 * no response.
 *
 * @param file has the body, of which the response has the beginning: it is read when a function
 *   looks at it. @default the response has its body
 */
export async function actOn(
  received: HttpResponse,
  actions: readonly ResponseAction[],
  file: BodyFile | null = null,
): Promise<ActedResponse> {
  const { body } = received;
  let response = file === null ? withBody(received, body) : responseInFile(received, file);
  let word: ResponseWord | null = null;
  for (const [i, given] of actions.entries()) {
    const action = typeof given === 'function' ? given : given.action;
    if (typeof given !== 'function' && !(await meets(response, given, file))) continue;
    if (isWord(action)) {
      word = action;
      break;
    }
    for (const handler of [action].flat() as readonly ResponseHandler[])
      response = await handled(response, handler, `responseActions[${i}]`);
  }
  const rest = { ignored: word === 'ignore', again: word === 'ignore' ? null : word };
  if (isUnread(response)) return { ...withBody(response, body), isRead: false, ...rest };
  return { ...response, isRead: file !== null, ...rest };
}

/** Reads no body from a file. */
function withBody(
  { status, headers, url }: Omit<ActionResponse, 'body'>,
  body: Uint8Array,
): ActionResponse {
  return { status, headers, url, body };
}

function isWord(action: unknown): action is ResponseWord {
  return WORDS.some((word) => word === action);
}

async function meets(
  response: ActionResponse,
  { statusCode, content = '' }: { statusCode?: number; content?: string },
  file: BodyFile | null,
): Promise<boolean> {
  if (statusCode !== undefined && statusCode !== response.status) return false;
  if (content === '') return true;
  if (file !== null && isUnread(response)) return file.includes(content);
  return new TextDecoder().decode(response.body).includes(content);
}

async function handled(
  response: ActionResponse,
  handler: ResponseHandler,
  name: string,
): Promise<ActionResponse> {
  const own = userFunction({ name });
  const acted = await own.wait<unknown>(
    () => handler(response),
    (value) =>
      value === undefined || value === null || isResponse(value)
        ? null
        : 'return nothing, or the response: a status, headers and a body of bytes.',
  );
  const made = acted ?? response;
  if (isResponse(made)) return made;
  throw own.refuse(
    'changed the response so that it cannot be used: its `status` must stay a number from 100 to 599, its `headers` and a `body` of bytes.',
  );
}

function isResponse(value: unknown): value is ActionResponse {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers } = value as Partial<ActionResponse>;
  return (
    Number.isInteger(status) &&
    Number(status) >= 100 &&
    Number(status) <= 599 &&
    typeof headers?.get === 'function' &&
    (isUnread(value as ActionResponse) || (value as ActionResponse).body instanceof Uint8Array)
  );
}
