import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { LoadError } from '../../../errors.js';
import type { BucketRequest, BucketService } from './bucket-service.js';
import { queryText } from './encoded.js';

/** What is done with an answer. */
export interface AnswerUse {
  /** Name of the object that is asked for; empty for the bucket itself. */
  key: string;
  /** The path of a file that the answer is written to. @default it is given as a text */
  into?: string;
  /** Answers that are no errors, beside those below 300. */
  expected?: readonly number[];
}

/** What a bucket answered. */
export interface BucketAnswer {
  status: number;
  text: string;
}

/** Asks a bucket. */
export type BucketClient = (request: BucketRequest, use: AnswerUse) => Promise<BucketAnswer>;

/** How often a request is sent that fails for a reason that may pass, and the first wait. */
const MOST_TRIES = 5;
const WAIT_MS = 200;
/** How long a service may say nothing, in milliseconds. */
const SILENCE_MS = 60_000;

/** Errors of a client: LoadError with what the service said. No secret is in it. */
export function bucketClient(service: BucketService): BucketClient {
  const { url } = service;
  const isSecure = url.protocol === 'https:';
  const agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const send = isSecure ? httpsRequest : httpRequest;

  async function once(request: BucketRequest, into?: string): Promise<BucketAnswer> {
    const { method, path, body } = request;
    const size =
      body === undefined
        ? 0
        : 'text' in body
          ? Buffer.byteLength(body.text)
          : (await stat(body.path)).size;
    const { query, headers } = await service.signed(request, size);
    const outgoing = send({
      protocol: url.protocol,
      hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port,
      path: query.length === 0 ? path : `${path}?${queryText(query)}`,
      method,
      agent,
      timeout: SILENCE_MS,
      headers: { ...headers, 'content-length': size },
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer in ${SILENCE_MS} ms`)));
    const answered = new Promise<BucketAnswer>((resolve, reject) => {
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        const { statusCode: status = 0 } = response;
        const read =
          into === undefined || status >= 300
            ? textOf(response)
            : pipeline(response, createWriteStream(into)).then(() => '');
        read.then((found) => resolve({ status, text: found }), reject);
      });
    });
    // A service may answer, and end the connection, before it has the whole body.
    if (body !== undefined && 'path' in body)
      await Promise.race([pipeline(createReadStream(body.path), outgoing), answered]);
    else outgoing.end(body?.text);
    return answered;
  }

  function refused({ method }: BucketRequest, key: string, answer: BucketAnswer | Error): Error {
    if (answer instanceof LoadError) return answer;
    const where = `${method} ${service.location}/${key}`;
    if (answer instanceof Error)
      return new LoadError(`${where} failed: ${answer.message}`, { cause: answer });
    const said = service.reason(answer.text).slice(0, 500);
    return new LoadError(`${where} was refused: ${answer.status}${said === '' ? '' : ` ${said}`}`);
  }

  return async (request, { key, into, expected }) => {
    for (let tries = 1; ; tries += 1) {
      const answer = await once(request, into).catch((error: unknown) => error as Error);
      const isAnswer = !(answer instanceof Error);
      if (isAnswer && (answer.status < 300 || expected?.includes(answer.status) === true))
        return answer;
      const mayPass = isAnswer
        ? answer.status === 429 || answer.status >= 500
        : !(answer instanceof LoadError);
      if (!mayPass || tries === MOST_TRIES) throw refused(request, key, answer);
      await pause(WAIT_MS * 2 ** (tries - 1));
    }
  };
}
