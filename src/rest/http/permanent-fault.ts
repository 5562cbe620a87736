/** A fault that asking again would not mend. */
export class PermanentFault extends Error {}
