/** Ctrl-C and SIGTERM as an AbortSignal. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** 130 or 143 once stopped; null before. */
  readonly exitCode: number | null;
  /** Gives the process its default behaviour back. */
  close(): void;
}

/**
 * Watches for the two signals. The first one aborts the signal, with which a load commits what has
 * come; the second one ends the process at once.
 */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  let exitCode: number | null = null;
  const handle = (name: NodeJS.Signals): void => {
    const code = name === 'SIGINT' ? 130 : 143;
    if (exitCode !== null) process.exit(code);
    exitCode = code;
    controller.abort();
  };
  // The reader of the output may close it (`| head`); that is not an error.
  const closed = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
  };
  process.stdout.on('error', closed);
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    close() {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}
