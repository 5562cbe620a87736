import { groupedDigits } from '../../operators/settings/grouped-digits.js';
import { ConfigError } from '../errors.js';

/** Bytes that a load is given at least: Node, DuckDB and our code take 100 MB by themselves. */
const LEAST = 128_000_000;

const UNITS: Readonly<Record<string, number>> = {
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/**
 * Reads an amount of memory in bytes: a number, or text such as `256MB` (millions of bytes) and
 * `1GiB` (powers of 1,024), with units as DuckDB writes them.
 *
 * Errors: ConfigError for another text, and for less than 128 MB.
 */
export function memoryBytes(memory: number | string): number {
  const bytes = typeof memory === 'number' ? memory : parsed(memory);
  if (bytes >= LEAST) return Math.floor(bytes);
  throw new ConfigError(
    `\`memory\` is ${typeof memory === 'number' ? `${groupedDigits(memory)} bytes` : memory}, and a load needs at least 128MB: about 100 MB of it are Node, DuckDB and the code itself. Raise it, or leave it out.`,
  );
}

function parsed(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (factor !== undefined) return Number(amount) * factor;
  throw new ConfigError(
    `\`memory\` is ${JSON.stringify(text)}, which is no amount of memory. Write a number and a unit (${Object.keys(UNITS).join(', ')}), for example 256MB or 1GiB, or the bytes as a number.`,
  );
}
