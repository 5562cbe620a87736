import type { Agent as HttpAgent } from 'node:http';

interface NodeRequest {
  method: string;
  path: string;
}

/**
 * Makes the agent send the address as it is written where `URL` spells it in another way, and the
 * method where it is given: node-fetch refuses a GET with a body.
 */
export function asWritten<A extends HttpAgent>(
  agent: A,
  { url, method }: { url: string; method: string | null },
  { protocol, origin, href }: URL,
  isProxy: boolean,
): A {
  const isOther = url !== href && url.startsWith(`${origin}/`);
  if (!isOther && method === null) return agent;
  const base = agent as A & { addRequest(request: NodeRequest, options: object): void };
  return Object.create(base, {
    addRequest: {
      value: (request: NodeRequest, options: object) => {
        request.method = method ?? request.method;
        if (!isOther) {
          base.addRequest(request, options);
          return;
        }
        const path = url.slice(origin.length);
        request.path = path;
        base.addRequest(request, options);
        // A proxy is sent the whole address, which its agent spells anew before it adds the header.
        request.path = isProxy && protocol === 'http:' ? url : path;
      },
    },
  }) as A;
}
