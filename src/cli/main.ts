#!/usr/bin/env node
import { isSluiceError } from '../../operators/errors.js';
import { startThread } from '../destination/duckdb/thread/thread-engine.js';
import { readArguments } from './arguments.js';
import { errorText } from './error-text.js';
import { stopSignal } from './stop-signal.js';

/**
 * Runs the command line. Exit codes: 0 done, 1 the run failed, 2 wrong usage or settings, 130 and
 * 143 stopped by SIGINT and SIGTERM.
 */
async function main(): Promise<void> {
  const stop = stopSignal();
  try {
    const command = readArguments(process.argv.slice(2));
    switch (command.kind) {
      case 'help': {
        const { help } = await import('./help.js');
        process.stdout.write(`${help(command.topic)}\n`);
        break;
      }
      case 'version': {
        const { packageVersion } = await import('./run.js');
        process.stdout.write(`${packageVersion()}\n`);
        break;
      }
      case 'run': {
        // The thread starts while this one imports.
        if (![command.db, command.destination].includes(':memory:')) startThread();
        const { run } = await import('./run.js');
        await run(command, stop.watch);
        break;
      }
      case 'types': {
        const { types } = await import('./types.js');
        if (!(await types(command))) process.exitCode = 1;
        break;
      }
      case 'schema': {
        const { schema } = await import('./schema.js');
        await schema(command);
        break;
      }
      case 'extensions': {
        const { installExtensions } = await import('../destination/duckdb/install-extensions.js');
        for (const name of await installExtensions(command.names, command.folder))
          process.stdout.write(`${name} is installed.\n`);
        break;
      }
      case 'sandbox': {
        const { sandbox } = await import('./sandbox.js');
        await sandbox(command, stop.watch());
        process.exitCode = stop.exitCode ?? 0;
        break;
      }
    }
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exitCode = stop.exitCode ?? exitCodeOf(error);
  } finally {
    stop.close();
  }
}

function exitCodeOf(error: unknown): number {
  return isSluiceError(error) && error.code === 'ERR_SLUICE_CONFIG' ? 2 : 1;
}

await main();
