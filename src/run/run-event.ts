import type { LoadStep } from '../../operators/types.js';
import type { LoadNotice } from '../destination/load-config.js';
import type { SourceEvent } from './source.js';

/** Everything that happens in a run, in order. */
export type RunEvent = SourceEvent | LoadStep | LoadNotice;
