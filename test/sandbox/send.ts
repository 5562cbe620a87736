import type { Sandbox, Service } from 'sluice/sandbox';

export interface SandboxResponse {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, else text. */
  body: unknown;
  bytes: Buffer;
}

export interface SendConfig {
  json?: unknown;
  headers?: Record<string, string>;
}

/**
 * Sends a request to a service: `GET /path`, with the right credentials unless `headers` has
 * others.
 */
export async function send(
  service: Service,
  what: string,
  { json, headers }: SendConfig = {},
): Promise<SandboxResponse> {
  const [method = '', path = ''] = what.split(' ');
  const response = await fetch(service.url + path, {
    method,
    headers: { authorization: authorizationOf(service), ...headers },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    body: parsed(bytes.toString()),
  };
}

/** What each service wants in the Authorization header. */
export function authorizationOf({ credentials }: Service): string {
  const { workspaceId, apiKey, accessToken } = credentials;
  if (accessToken !== undefined) return `Bearer ${accessToken}`;
  return workspaceId === undefined ? basic(`${apiKey}:`) : `COASSEMBLE:${workspaceId}:${apiKey}`;
}

export function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** All rows of a list, page by page: `pages(0)`, `pages(1)` … until one is empty. */
export async function everyPage(
  page: (number: number) => Promise<readonly unknown[]>,
): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (let number = 0; ; number += 1) {
    const some = await page(number);
    if (some.length === 0) return rows;
    rows.push(...some);
  }
}

export const SERVICES: readonly (keyof Omit<Sandbox, 'close'>)[] = [
  'coassemble',
  'assembled',
  'coalesce',
];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
