import { MessageChannel, parentPort, workerData } from 'node:worker_threads';
import { LoadError } from '../../../errors.js';
import type { Session } from '../../destination.js';
import type { BatchMessage } from '../../messages.js';
import { type LocalEngine, openEngine } from '../engine.js';
import {
  type AnswerMessage,
  type Ask,
  type AskMessage,
  buffersOf,
  plainError,
} from './thread-protocol.js';

// The loader's thread: DuckDB's appender blocks whoever calls it, for hundreds of milliseconds, so
// it has a thread to itself. It is never terminated from outside while DuckDB works; `exit` is the
// way to stop it.

const port = parentPort;
if (port === null)
  throw new Error('loader-thread.js is a worker thread and cannot be run by itself');
/**
 * Set to 1 when the thread has left DuckDB for good, so that a process that exits can wait for it.
 */
const left = workerData as Int32Array;
const sessions = new Map<number, Session>();
let engine: LocalEngine | undefined;
let lastSession = 0;

/** What is being answered. */
const asked = new Set<Promise<unknown>>();

port.on('message', ({ id, ask }: AskMessage) => {
  const answering = answer(ask).then(
    (result): AnswerMessage => ({ id, result }),
    (error: unknown): AnswerMessage => ({ id, error: plainError(error) }),
  );
  asked.add(answering);
  void answering.then((message) => {
    asked.delete(answering);
    port.postMessage(message);
  });
});

async function answer(ask: Ask): Promise<unknown> {
  switch (ask.op) {
    case 'open':
      engine = await openEngine(ask.path);
      return undefined;
    case 'open-session': {
      const session = await opened().openSession(ask.load);
      lastSession += 1;
      sessions.set(lastSession, session);
      return { session: lastSession, loadId: session.loadId, known: session.known };
    }
    case 'append': {
      const step = await sessionOf(ask.session).append(ask.batch);
      freeBuffers(ask.batch);
      return step;
    }
    case 'commit':
      return sessionOf(ask.session).commit();
    case 'finish': {
      const step = await sessionOf(ask.session).finish(ask.outcome);
      sessions.delete(ask.session);
      return step;
    }
    case 'abort':
      await sessions.get(ask.session)?.abort();
      sessions.delete(ask.session);
      return undefined;
    case 'schema':
      return opened().schema(ask.dataset);
    case 'tables':
      return opened().tables(ask.dataset);
    case 'rows':
      return opened().rows(ask.dataset, ask.table);
    case 'query':
      return opened().query(ask.sql, ask.parameters, ask.dataset);
    case 'close': {
      const closing = engine;
      engine = undefined;
      await closing?.close();
      return undefined;
    }
    case 'exit':
      await leave();
      return undefined;
    default:
      return ask satisfies never;
  }
}

function opened(): LocalEngine {
  if (engine === undefined) throw new Error('the database is not open');
  return engine;
}

function sessionOf(number: number): Session {
  const session = sessions.get(number);
  if (session === undefined) throw new LoadError('The load has ended already.');
  return session;
}

/**
 * Gives a batch's memory back at once: waiting for the garbage collector kept a hundred megabytes
 * of spent batches alive.
 */
function freeBuffers(batch: BatchMessage): void {
  const { port1 } = new MessageChannel();
  port1.close();
  // What is transferred to a closed port is gone.
  port1.postMessage(null, buffersOf(batch));
}

/**
 * An interrupt that comes before a query has begun is lost, so the thread interrupts until all is
 * answered.
 */
const INTERRUPT_MS = 20;

async function leave(): Promise<void> {
  let interrupting: NodeJS.Timeout | undefined;
  const abort = (): Promise<unknown> =>
    Promise.allSettled([...sessions.values()].map((session) => session.abort()));
  try {
    // What was asked before is answered first: a database or a load may be on its way to being
    // open.
    const before = Promise.all(asked);
    interrupting = setInterval(() => engine?.interrupt(), INTERRUPT_MS);
    engine?.interrupt();
    await abort();
    await before;
    await abort();
    await engine?.close();
  } finally {
    clearInterval(interrupting);
    Atomics.store(left, 0, 1);
    Atomics.notify(left, 0);
    port?.close();
  }
}
