import { MessageChannel, parentPort, workerData } from 'node:worker_threads';
import { prepareKernel } from '../../../../operators/columns/compiled-kernel.js';
import { LoadError } from '../../../errors.js';
import type { BufferBlock, QueryCursor } from '../../column-block.js';
import type { Session } from '../../destination.js';
import type { BatchMessage } from '../../messages.js';
import { canWriteStringLayout } from '../append/string-layout-check.js';
import { type LocalEngine, openEngine } from '../engine.js';
import { interruptUntil } from '../interrupt-until.js';
import { startInstance } from '../open-database.js';
import {
  type Appended,
  buffersBelow,
  buffersOf,
  LEFT,
  plainError,
  type RequestMessage,
  type ResponseMessage,
  STARTED,
  type ThreadRequest,
} from './thread-protocol.js';

// The loader's thread: DuckDB's appender blocks whoever calls it, for hundreds of milliseconds, so
// it has a thread to itself. It is never terminated from outside while DuckDB works; `exit` is the
// way to stop it.

const port = parentPort;
if (port === null)
  throw new Error('loader-thread.js is a worker thread and cannot be run by itself');
const flags = workerData as Int32Array;
const sessions = new Map<number, Session>();
let engine: LocalEngine | undefined;
// Before the thread knows which file it is for.
void startInstance().then(() => raise(STARTED));
let lastSession = 0;
const cursors = new Map<number, QueryCursor>();
let lastCursor = 0;
/** What stops each read and each opening of a session, by the number of the message. */
const stops = new Map<number, AbortController>();

/** Requests that are being worked on. */
const pending = new Set<Promise<unknown>>();

port.on('message', ({ id, request }: RequestMessage) => {
  const responding = respond(request, id).then(
    (result): ResponseMessage => ({ id, result }),
    (error: unknown): ResponseMessage => ({ id, error: plainError(error) }),
  );
  pending.add(responding);
  void responding.then((message) => {
    pending.delete(responding);
    port.postMessage(message, 'result' in message ? ownBuffers(message.result) : []);
  });
});

/** Does once what the first rows need. */
function prepare(): void {
  prepareKernel();
  canWriteStringLayout();
}

/** Lets a process that exits go on. */
function raise(flag: number): void {
  Atomics.store(flags, flag, 1);
  Atomics.notify(flags, flag);
}

async function respond(request: ThreadRequest, id: number): Promise<unknown> {
  switch (request.op) {
    case 'open':
      engine = await openEngine(request.database);
      return undefined;
    case 'open-session': {
      const session = await stoppable(id, (signal) => opened().openSession(request.load, signal));
      lastSession += 1;
      sessions.set(lastSession, session);
      // While the first rows are on their way.
      setImmediate(prepare);
      return { session: lastSession, loadId: session.loadId, known: session.known };
    }
    case 'append': {
      let memory: ArrayBuffer | null = null;
      const giveBack = (buffer: ArrayBuffer): void => void (memory = buffer);
      const step = await sessionOf(request.session).append(request.batch, giveBack);
      if (!request.returns || memory === null) {
        memory = null;
        freeBuffers(request.batch);
      }
      return { step, memory } satisfies Appended;
    }
    case 'commit':
      return sessionOf(request.session).commit(request.progress, request.isLast);
    case 'finish': {
      const step = await sessionOf(request.session).finish(request.outcome);
      sessions.delete(request.session);
      return step;
    }
    case 'abort':
      await sessions.get(request.session)?.abort();
      sessions.delete(request.session);
      return undefined;
    case 'read':
      return stoppable(id, (signal) => opened().read(request.what, signal));
    case 'open-query': {
      const cursor = await stoppable(id, (signal) => opened().openQuery(request.query, signal));
      lastCursor += 1;
      cursors.set(lastCursor, cursor);
      return { cursor: lastCursor, columns: cursor.columns };
    }
    case 'values':
      return cursorOf(request.cursor).values();
    case 'buffers':
      return cursorOf(request.cursor).buffers();
    case 'close-query':
      await cursors.get(request.cursor)?.close();
      cursors.delete(request.cursor);
      return undefined;
    case 'stop':
      stops.get(request.id)?.abort();
      return undefined;
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
      return request satisfies never;
  }
}

async function stoppable<T>(id: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  stops.set(id, stopping);
  try {
    return await work(stopping.signal);
  } finally {
    stops.delete(id);
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

function cursorOf(number: number): QueryCursor {
  const cursor = cursors.get(number);
  if (cursor === undefined) throw new LoadError('The query has been closed. Begin it again.');
  return cursor;
}

/** The buffers of a block of a query's result, or of a batch, which are handed over. */
function ownBuffers(result: unknown): ArrayBuffer[] {
  const { columns, memory } = Object(result) as Partial<BufferBlock & Appended>;
  if (memory instanceof ArrayBuffer) return [memory];
  const isBlock = Array.isArray(columns) && 'validity' in Object(columns[0]);
  return isBlock ? buffersBelow(columns) : [];
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

async function leave(): Promise<void> {
  const abort = (): Promise<unknown> =>
    Promise.allSettled([
      ...[...sessions.values()].map((session) => session.abort()),
      ...[...cursors.values()].map((cursor) => cursor.close()),
    ]);
  try {
    // What was requested before is finished first: a database or a load may be on its way to being
    // open.
    const before = Promise.allSettled(pending);
    await interruptUntil(
      () => engine?.interrupt(),
      abort()
        .then(() => before)
        .then(abort)
        .then(() => engine?.close()),
    );
  } finally {
    raise(LEFT);
    port?.close();
  }
}
