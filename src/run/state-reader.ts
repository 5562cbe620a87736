import type { KeptState } from '../destination/messages.js';
import type { RunContext } from './source.js';

/** Returns what earlier loads kept, by list and by resource: the latest of each. */
export function stateReader(states: readonly KeptState[]): RunContext['state'] {
  const byList = new Map(
    states.map(({ resource, parent, state }) => [JSON.stringify([resource, parent]), state]),
  );
  const byResource = new Map(
    states.filter(isOfResource).map(({ resource, state }) => [resource, state]),
  );
  return (resource, parent) =>
    (parent === undefined
      ? byResource.get(resource)
      : byList.get(JSON.stringify([resource, parent]))) ?? null;
}

function isOfResource({ state }: KeptState): boolean {
  return typeof state === 'object' && state !== null && 'resource' in state;
}
