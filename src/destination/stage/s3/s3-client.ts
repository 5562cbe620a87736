import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text as textOf } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { LoadError } from '../../../errors.js';
import { encoded, queryText, type S3Credentials, sha256, signatureHeaders } from './sign.js';

/** A bucket and who uses it, as plain data. */
export interface S3Bucket {
  bucket: string;
  region: string;
  credentials: S3Credentials;
  /** Address of the service; null for AWS. */
  endpoint: string | null;
}

/** What is asked of a bucket. */
export interface S3Request {
  method: 'GET' | 'PUT' | 'DELETE';
  /** Name of an object; empty for the bucket itself. */
  key: string;
  query?: readonly (readonly [name: string, value: string])[];
  headers?: Readonly<Record<string, string>>;
  /** A text, or the path of a file. */
  body?: { text: string } | { path: string };
  /** The path of a file that the answer is written to. @default it is given as a text */
  into?: string;
  /** Answers that are no errors, beside those below 300. */
  expected?: readonly number[];
}

/** What a bucket answered. */
export interface S3Answer {
  status: number;
  text: string;
}

/** Asks a bucket. */
export type S3Client = (request: S3Request) => Promise<S3Answer>;

/** How often a request is sent that fails for a reason that may pass, and the first wait. */
const MOST_TRIES = 5;
const WAIT_MS = 200;
/** How long a service may say nothing, in milliseconds. */
const SILENCE_MS = 60_000;

/** Errors of a client: LoadError with what the service said. No secret is in it. */
export function s3Client({ bucket, region, credentials, endpoint }: S3Bucket): S3Client {
  const url = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
  const isSecure = url.protocol === 'https:';
  const agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const send = isSecure ? httpsRequest : httpRequest;

  async function once({
    method,
    key,
    query = [],
    headers,
    body,
    into,
  }: S3Request): Promise<S3Answer> {
    const path = `/${[bucket, ...key.split('/')].map(encoded).join('/')}`;
    const signed = signatureHeaders(
      { method, host: url.host, path, query, bodyHash: await hashOf(body) },
      credentials,
      region,
      new Date(),
    );
    const size =
      body === undefined
        ? 0
        : 'text' in body
          ? Buffer.byteLength(body.text)
          : (await stat(body.path)).size;
    const outgoing = send({
      protocol: url.protocol,
      hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port,
      path: query.length === 0 ? path : `${path}?${queryText(query)}`,
      method,
      agent,
      timeout: SILENCE_MS,
      headers: { ...headers, ...signed, 'content-length': size },
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer in ${SILENCE_MS} ms`)));
    const answered = new Promise<S3Answer>((resolve, reject) => {
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

  return async (request) => {
    for (let tries = 1; ; tries += 1) {
      const answer = await once(request).catch((error: unknown) => error as Error);
      const isAnswer = !(answer instanceof Error);
      if (isAnswer && (answer.status < 300 || request.expected?.includes(answer.status) === true))
        return answer;
      if (tries < MOST_TRIES && (!isAnswer || answer.status === 429 || answer.status >= 500)) {
        await pause(WAIT_MS * 2 ** (tries - 1));
        continue;
      }
      throw refused(request, bucket, answer);
    }
  };
}

function refused({ method, key }: S3Request, bucket: string, answer: S3Answer | Error): LoadError {
  const where = `${method} s3://${bucket}/${key}`;
  if (answer instanceof Error)
    return new LoadError(`${where} failed: ${answer.message}`, { cause: answer });
  const { status, text } = answer;
  const said = ['Code', 'Message']
    .flatMap((name) => elementsOf(text, name)[0] ?? [])
    .join(': ')
    .slice(0, 500);
  return new LoadError(`${where} was refused: ${status}${said === '' ? '' : ` ${said}`}`);
}

/** The texts of all elements of a name in a document of XML that has no attributes. */
export function elementsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) =>
    text.replace(
      /&(?:#x([0-9a-f]+)|#(\d+)|(lt|gt|amp|quot|apos));/gi,
      (_, hex?: string, decimal?: string, word?: string) =>
        word === undefined
          ? String.fromCodePoint(hex === undefined ? Number(decimal) : parseInt(hex, 16))
          : (WORDS[word.toLowerCase()] as string),
    ),
  );
}

const WORDS: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

async function hashOf(body: S3Request['body']): Promise<string> {
  if (body === undefined) return sha256('');
  if ('text' in body) return sha256(body.text);
  const hash = createHash('sha256');
  await pipeline(createReadStream(body.path), hash);
  return hash.digest('hex');
}
