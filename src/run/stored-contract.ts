import type { ContractMode, SchemaContract } from '../../operators/types.js';
import type { SchemaDocument, SchemaTable } from '../dataset/schema-types.js';

/**
 * The contract that a schema document has for a table, else for all of them; undefined for none.
 */
export function storedContract(
  table: SchemaTable,
  document: SchemaDocument,
): SchemaContract | undefined {
  const settings = document['settings'] as { schema_contract?: unknown } | undefined;
  const contract = table['schema_contract'] ?? settings?.schema_contract;
  if (typeof contract === 'string') return contract as SchemaContract;
  if (typeof contract !== 'object' || contract === null) return undefined;
  const { data_type: dataType, ...members } = contract as Record<string, ContractMode>;
  return { ...members, ...(dataType !== undefined && { dataType }) };
}
