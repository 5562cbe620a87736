import { isSluiceError } from '../../../operators/errors.js';
import { ConfigError } from '../../errors.js';
import type { Answer } from './messages.js';

/** An answer as response actions see it; status and body may be changed in place. */
export type ActionResponse = Omit<Answer, 'ignored'>;

/** Looks at an answer: changes it, gives another one in its place, or throws to end the run. */
export type ResponseHandler = (
  response: ActionResponse,
) => ActionResponse | void | Promise<ActionResponse | void>;

/**
 * What to do with answers: a function for each of them, or for those that meet all conditions given
 * (`statusCode`; `content`: a part of the body's text) functions in their order, or `'ignore'`: the
 * answer is passed over without an error, and is the end of its list.
 */
export type ResponseAction =
  | ResponseHandler
  | {
      statusCode?: number;
      content?: string;
      action: 'ignore' | ResponseHandler | readonly ResponseHandler[];
    };

/**
 * ConfigError for an action that is none, or that would ignore every answer. `where` names the
 * list.
 */
export function checkActions(actions: readonly ResponseAction[], where = 'responseActions'): void {
  for (const [i, given] of actions.entries()) {
    if (typeof given === 'function') continue;
    const { statusCode, content = '', action } = given;
    const known =
      action === 'ignore' ||
      (Array.isArray(action) ? action : [action]).every((one) => typeof one === 'function');
    if (!known)
      throw new ConfigError(
        `${where}[${i}].action must be 'ignore', a function or a list of functions; found ${JSON.stringify(action) ?? typeof action}.`,
      );
    if (action === 'ignore' && statusCode === undefined && content === '')
      throw new ConfigError(
        `${where}[${i}] ignores answers without saying which: give it a statusCode, a content, or both.`,
      );
  }
}

/**
 * The answer after all actions that it meets, in their order, each seeing what those before it made
 * of the answer. An ignored one is given at once. Errors: what a handler throws, with the place in
 * front unless it is an error of ours.
 */
export async function actOn(answer: Answer, actions: readonly ResponseAction[]): Promise<Answer> {
  let response: ActionResponse = {
    status: answer.status,
    headers: answer.headers,
    url: answer.url,
    body: answer.body,
  };
  for (const [i, given] of actions.entries()) {
    const action = typeof given === 'function' ? given : given.action;
    if (typeof given !== 'function' && !meets(response, given)) continue;
    if (action === 'ignore') return { ...response, ignored: true };
    for (const handler of [action].flat() as readonly ResponseHandler[])
      response = await handled(response, handler, i);
  }
  return { ...response, ignored: false };
}

function meets(
  { status, body }: ActionResponse,
  { statusCode = status, content = '' }: { statusCode?: number; content?: string },
): boolean {
  return (
    statusCode === status && (content === '' || new TextDecoder().decode(body).includes(content))
  );
}

async function handled(
  response: ActionResponse,
  handler: ResponseHandler,
  index: number,
): Promise<ActionResponse> {
  try {
    return (await handler(response)) ?? response;
  } catch (error) {
    if (isSluiceError(error)) throw error;
    throw new Error(
      `responseActions[${index}] threw: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
