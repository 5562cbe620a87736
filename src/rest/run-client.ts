import { resolve } from 'node:path';
import { ConfigError } from '../errors.js';
import type { RunTracing } from '../run/tracing.js';
import type { Client } from './http/http-client.js';
import { cookieJar } from './http/transport/cookies.js';
import { redactor } from './secrets/redact.js';

/**
 * The client of one run: it traces its requests, it has cookies of its own, and no response
 * replaces the file that another one was saved to: ConfigError that names both requests.
 */
export function runClient(client: Client, tracing?: RunTracing): Client {
  const saved = new Map<string, string>();
  const cookies = cookieJar();
  const known = redactor([]);
  return {
    ...client,
    ...(tracing && { tracing }),
    async send(spec, options) {
      const own = { cookies, ...options };
      if (options.save === undefined) return client.send(spec, own);
      const { path } = options.save;
      const place = IGNORES_CASE ? resolve(path).toLowerCase() : resolve(path);
      const request = `${spec.method} ${client.redact(known.url(spec.url))}`;
      const first = saved.get(place);
      if (first !== undefined)
        throw new ConfigError(
          `Resource ${options.resource} saves the responses to two requests as ${client.redact(path)}: ${first} and ${request}. Put a field into saveAs that differs between them, or filter rows that come twice out of the parent.`,
        );
      saved.set(place, request);
      return client.send(spec, own);
    },
  };
}

/** File systems there usually take `A.pdf` and `a.pdf` for one file. */
const IGNORES_CASE = process.platform === 'win32' || process.platform === 'darwin';
