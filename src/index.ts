export * from '../operators/errors.js';
export type * from '../operators/types.js';
