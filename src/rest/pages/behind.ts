/** What services say to a request for a page behind their last one. */
export const BEHIND: readonly number[] = [400, 404, 410, 416, 422];
