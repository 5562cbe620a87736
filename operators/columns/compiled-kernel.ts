import { SluiceError } from '../errors.js';
import { KERNEL_BASE64 } from './kernel-bytes.js';
import { webAssembly, type WebAssemblyApi } from './web-assembly.js';

/** The kernel as the engine has compiled it; its instances share that. */
export interface CompiledKernel {
  api: WebAssemblyApi;
  module: object;
}

let compiled: CompiledKernel | undefined;

/**
 * Returns the compiled kernel: it is compiled once a thread, when it is first needed. Errors:
 * SluiceError where the engine has no WebAssembly with SIMD.
 */
export function compiledKernel(): CompiledKernel {
  compiled ??= compile();
  return compiled;
}

/**
 * Compiles the kernel before it is needed, while its thread waits for something else. Where that
 * fails, its first use says why.
 */
export function prepareKernel(): void {
  try {
    compiledKernel();
  } catch {
    // Thrown again where the kernel is needed.
  }
}

function compile(): CompiledKernel {
  const api = webAssembly();
  try {
    if (api === undefined) throw new TypeError('WebAssembly is not defined');
    return {
      api,
      module: new api.Module(
        Uint8Array.from(atob(KERNEL_BASE64), (character) => character.charCodeAt(0)),
      ),
    };
  } catch (error) {
    throw new SluiceError(
      'ERR_SLUICE_RUNTIME',
      'sluice needs WebAssembly with SIMD, which this JavaScript engine does not offer (is it running with --jitless, or on a processor without SSE 4.1?).',
      { cause: error },
    );
  }
}
