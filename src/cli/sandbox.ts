import { once } from 'node:events';
import { startSandbox } from '../sandbox/index.js';
import { sandboxSettings } from './sandbox-settings.js';

/** Keeps proxies of the user's from the stand-ins, beside those that they are kept from already. */
const NO_PROXY = `# The stand-ins are on this machine: no proxy leads to them.
export no_proxy="127.0.0.1,localhost,\${no_proxy:-\${NO_PROXY:-}}"`;

/**
 * `sluice sandbox`: serves the stand-ins until the signal aborts; URLs and settings on stdout,
 * ready to be pasted into a shell.
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
