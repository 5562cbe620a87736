import { begunCursor } from '../run/resumed-run.js';
import type { StartValues } from '../run/source.js';
import type { WindowConfig } from './pages/windows.js';
import type { ResolvedResource } from './resources/resolve-resources.js';

/** The values of resources that are computed when a run begins, by resource. */
export function startValues(resources: readonly ResolvedResource[]): Record<string, StartValues> {
  return Object.fromEntries(
    resources.flatMap(({ resource, endpoint: { windows, incremental } }) => {
      if (windows === undefined && incremental === undefined) return [];
      const { initialValue, endValue } = incremental ?? {};
      const values: StartValues = {
        ...(windows && {
          windows: {
            start: windows.start,
            ...(windows.end !== undefined && { end: windows.end }),
          },
        }),
        ...(incremental && {
          incremental: {
            ...(initialValue !== undefined && { initialValue }),
            ...(endValue !== undefined && { endValue }),
          },
        }),
      };
      return [[resource.name, values]];
    }),
  );
}

/** The resources with the values that a run began with before it was stopped. */
export function withStart(
  resources: readonly ResolvedResource[],
  start: Readonly<Record<string, StartValues>>,
): ResolvedResource[] {
  const known = new Map(Object.entries(start));
  return resources.map((one) => {
    const { windows, incremental } = known.get(one.resource.name) ?? {};
    if (windows === undefined && incremental === undefined) return one;
    const { endpoint, resource } = one;
    const own =
      endpoint.incremental && incremental && begunCursor(endpoint.incremental, incremental);
    return {
      ...one,
      resource: own === undefined ? resource : { ...resource, incremental: own },
      endpoint: {
        ...endpoint,
        ...(own && { incremental: own }),
        ...(endpoint.windows && windows && { windows: spanned(endpoint.windows, windows) }),
      },
    };
  });
}

function spanned(
  { end: _, ...rules }: WindowConfig,
  values: NonNullable<StartValues['windows']>,
): WindowConfig {
  return { ...rules, ...values };
}
