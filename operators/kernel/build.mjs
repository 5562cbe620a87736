// Compiles the kernel to WebAssembly and embeds it as base64 in operators/columns/kernel-bytes.ts,
// which is never committed. Does nothing while the sources are older than what was made of them.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const here = new URL('./', import.meta.url);
const output = new URL('../columns/kernel-bytes.ts', here);
const sources = readdirSync(here).filter((name) => name !== 'power-of-five.ts');
const changed = Math.max(...sources.map((name) => statSync(new URL(name, here)).mtimeMs));

if (!existsSync(output) || statSync(output).mtimeMs < changed) {
  writeFileSync(new URL('power-of-five.ts', here), powersOfFive());
  const wasm = await compile();
  writeFileSync(
    output,
    `/** The compiled kernel (operators/kernel), made by \`npm run build\`. */\nexport const KERNEL_BASE64: string =\n  '${wasm.toString('base64')}';\n`,
  );
}

async function compile() {
  let binary;
  const { error } = await main(
    [
      'index.ts',
      '--outFile',
      'kernel.wasm',
      '--baseDir',
      '.',
      '-O3',
      '--runtime',
      'stub',
      '--noAssert',
      '--enable',
      'simd',
      '--enable',
      'bulk-memory',
      '--initialMemory',
      '64',
      '--use',
      'abort=',
    ],
    {
      readFile: (name) =>
        existsSync(new URL(name, here)) ? readFileSync(new URL(name, here), 'utf8') : null,
      writeFile: (_name, contents) => {
        binary = Buffer.from(contents);
      },
      listFiles: () => [],
      stderr: process.stderr,
    },
  );
  if (error)
    throw new Error(`the kernel does not compile (${fileURLToPath(here)}):\n${String(stderr)}`);
  return binary;
}

/**
 * 128-bit powers of five from 5^-342 to 5^308, cut to their highest bits, for the number reader.
 */
function powersOfFive() {
  const words = [];
  const top = 1n << 128n;
  for (let exponent = -342; exponent <= 308; exponent += 1) {
    let power;
    if (exponent < 0) {
      const divisor = 5n ** BigInt(-exponent);
      const bits = BigInt(divisor.toString(2).length);
      power =
        exponent >= -27
          ? (1n << (bits + 127n)) / divisor + 1n
          : (1n << (2n * bits + 128n)) / divisor + 1n;
      while (power >= top) power /= 2n;
    } else {
      power = 5n ** BigInt(exponent);
      while (power < top / 2n) power *= 2n;
      while (power >= top) power /= 2n;
    }
    words.push(
      `0x${(power >> 64n).toString(16)}`,
      `0x${(power & 0xffffffffffffffffn).toString(16)}`,
    );
  }
  return `export const POWERS_OF_FIVE: usize = memory.data<u64>([${words.join(',')}]);\n`;
}
