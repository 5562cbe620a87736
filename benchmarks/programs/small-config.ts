import type { RestConfig } from 'sluice';

/** The config of three small endpoints, as a file for `sluice run` has it. */
export function smallConfig(baseUrl: string): RestConfig {
  return {
    name: 'small',
    client: { baseUrl },
    resourceDefaults: { endpoint: { dataSelector: 'data', paginator: 'single' } },
    resources: ['users', 'orders', 'products'],
  };
}
