import { shortened } from './shortened.js';
/** Cuts the values of a parent row, which name a list, to what is read in a message. */
export function shortParent(parent: string): string {
  return shortened(parent, LONGEST);
}

const LONGEST = 200;
