import { existsSync } from 'node:fs';
import { ConfigError } from '../errors.js';

/** Reads `.env`, which only the command line does. A variable that is set already wins. */
export function loadDotEnv(): void {
  if (!existsSync('.env')) return;
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    throw new ConfigError('The file .env in this folder cannot be read.', { cause: error });
  }
}
