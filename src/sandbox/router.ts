import type { Handler, Routes, SandboxRequest } from './definition.js';

/**
 * Finds the handler of a request and fills in `params`: that of the first route that matches,
 * undefined where none does.
 */
export function router(
  routes: Routes,
): (request: SandboxRequest) => { handler: Handler; params: Record<string, string> } | undefined {
  const known = Object.entries(routes).map(([route, handler]) => ({
    pattern: new RegExp(`^${route.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
    handler,
  }));
  return ({ method, path }) => {
    for (const { pattern, handler } of known) {
      const found = pattern.exec(`${method} ${path}`);
      if (found)
        return {
          handler,
          params: Object.fromEntries(
            Object.entries(found.groups ?? {}).map(([name, value]) => [name, decoded(value)]),
          ),
        };
    }
    return undefined;
  };
}

/** Decodes a segment of a path. A segment that is not valid percent-encoding stays as it is. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
