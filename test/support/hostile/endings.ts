import type { RestEndpoint } from 'sluice';

/**
 * How a service responds to requests for a page behind its last one, and how an endpoint says that.
 */
export interface Ending {
  name: string;
  /** Null: with a page without rows. */
  status: number | null;
  endpoint: Pick<RestEndpoint, 'endStatus'>;
}

export const endings: readonly Ending[] = [
  { name: 'empty pages', status: null, endpoint: {} },
  { name: 'empty pages, though endStatus is set', status: null, endpoint: { endStatus: [404] } },
  { name: '404', status: 404, endpoint: { endStatus: [404, 416] } },
  { name: '204', status: 204, endpoint: {} },
];
