/** Keys that only dlt's spelling has, where they can stand. */
const RESOURCE = [
  'include_from_parent',
  'processing_steps',
  'max_table_nesting',
  'table_name',
  'write_disposition',
  'primary_key',
  'merge_key',
  'schema_contract',
];
const ENDPOINT = ['data_selector', 'response_actions'];

/**
 * True for a config in dlt's spelling (snake_case), as `fromDlt` takes it; false for ours, and for
 * what is no config. How the client's base is spelled decides: a word of the other spelling further
 * down is a slip, and is reported as one.
 */
export function isDltConfig(value: unknown): boolean {
  const { resources, resource_defaults: defaults } = object(value);
  const spelling = spellingOf(value);
  if (spelling === 'camelCase') return false;
  if (defaults !== undefined || spelling === 'snake_case') return true;
  return (
    Array.isArray(resources) &&
    resources.some((one) => has(one, RESOURCE) || has(object(one)['endpoint'], ENDPOINT))
  );
}

/** How a config spells its client's base: as ours or as dlt's; null where it has none. */
export function spellingOf(value: unknown): 'camelCase' | 'snake_case' | null {
  const { client } = object(value);
  if (has(client, ['baseUrl'])) return 'camelCase';
  return has(client, ['base_url']) ? 'snake_case' : null;
}

function has(value: unknown, keys: readonly string[]): boolean {
  return keys.some((key) => key in object(value));
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
