import type { Destination, Session } from '../destination/destination.js';
import type { RunTracing } from './tracing.js';

/** A destination whose commits are traced. */
export function tracedDestination(destination: Destination, tracing: RunTracing): Destination {
  return {
    name: destination.name,
    location: destination.location,
    capabilities: destination.capabilities,
    async begin(load, notice, signal) {
      return traced(await destination.begin(load, notice, signal), tracing);
    },
    dataset: (name, signal) => destination.dataset(name, signal),
    close: () => destination.close(),
  };
}

function traced(session: Session, tracing: RunTracing): Session {
  const { loadId } = session;
  return {
    loadId,
    known: session.known,
    append: (batch, giveBack) => session.append(batch, giveBack),
    commit: (...given) =>
      tracing.commit({ kind: 'commit', loadId }, () => session.commit(...given)),
    finish: (outcome) =>
      tracing.commit({ kind: 'complete', loadId }, () => session.finish(outcome)),
    abort: () => session.abort(),
  };
}
