/**
 * The part of WebAssembly's JavaScript interface that the kernel needs; TypeScript has it only in
 * its browser library.
 */
export interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
    imports: Record<string, Record<string, unknown>>,
  ) => { exports: Record<string, unknown> };
  Global: new (...args: never[]) => { value: unknown };
  RuntimeError: new (message?: string) => Error;
}

/** Returns WebAssembly where the engine has it. */
export function webAssembly(): WebAssemblyApi | undefined {
  return (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;
}
