/** Ctrl-C and SIGTERM as an AbortSignal. */
export interface StopSignal {
  /** Watches from now on; before, a signal ends the process as it ends any other. */
  readonly watch: () => AbortSignal;
  /** 130 or 143 once stopped; null before. */
  readonly exitCode: number | null;
  /** Gives the process its default behaviour back. */
  close(): void;
}

/**
 * Watches for the two signals. The first one aborts the signal, with which a load commits what has
 * come; the second one ends the process at once. A terminal that is closed (SIGHUP) ends it at
 * once, too: whoever is to outlive that is started by `nohup`, which a watcher would undo.
 */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  let exitCode: number | null = null;
  const handle = (name: NodeJS.Signals): void => {
    if (exitCode !== null) {
      // By the signal itself, which waits for no thread and for nobody else who watches.
      process.removeAllListeners(name);
      process.kill(process.pid, name);
      return;
    }
    exitCode = name === 'SIGINT' ? 130 : 143;
    controller.abort();
  };
  const close = (): void => {
    process.off('SIGINT', handle);
    process.off('SIGTERM', handle);
  };
  // The reader of the output may close it (`| head`); that is not an error.
  const closed = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
  };
  for (const output of [process.stdout, process.stderr]) output.on('error', closed);
  return {
    watch() {
      process.on('SIGINT', handle);
      process.on('SIGTERM', handle);
      return controller.signal;
    },
    get exitCode() {
      return exitCode;
    },
    close,
  };
}
