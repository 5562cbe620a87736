export * from './batch.js';
export * from './errors.js';
export { evolve, type EvolveConfig } from './evolve.js';
export * from './flatten.js';
export * from './from-objects.js';
export { select, type SelectConfig } from './select.js';
export { processRows, type ProcessingStep } from './process-rows.js';
export { transform, type TransformConfig, type Transformed } from './transform.js';
export type * from './types.js';
