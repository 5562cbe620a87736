import { once } from 'node:events';
import { startSandbox } from '../sandbox/index.js';
import { sandboxSettings } from './sandbox-settings.js';

/** Keeps the stand-ins off the user's proxies; hosts that NO_PROXY names already stay in it. */
const NO_PROXY = `# The stand-ins are on this machine: no proxy leads to them.
export no_proxy="127.0.0.1,localhost,\${no_proxy:-\${NO_PROXY:-}}"`;

/**
 * Runs `sluice sandbox`: serves the stand-ins until the signal aborts. Writes URLs and settings to
 * stdout, ready to be pasted into a shell.
 */
export async function sandbox(
  options: { port: number | null; rateScale: number },
  signal: AbortSignal,
): Promise<void> {
  const { port, rateScale } = options;
  const serving = await startSandbox({ rateScale, ...(port !== null && { port }) });
  try {
    const lines = Object.entries(sandboxSettings(serving, rateScale)).flatMap(
      ([source, values]) => [
        `# ${source}`,
        ...Object.entries(values).map(([name, value]) => `export ${name}='${value}'`),
      ],
    );
    process.stdout.write(
      `${NO_PROXY}\n${lines.join('\n')}\n# Then, in the same shell: sluice run coassemble. Stop with Ctrl-C.\n`,
    );
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await serving.close();
  }
}
