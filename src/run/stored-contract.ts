import type { ContractMode, SchemaContract } from '../../operators/types.js';

/** The contract that a schema document has for a table, or in its settings; undefined for none. */
export function storedContract(hints: object): SchemaContract | undefined {
  const { schema_contract: contract } = hints as { schema_contract?: unknown };
  if (typeof contract === 'string') return contract as SchemaContract;
  if (typeof contract !== 'object' || contract === null) return undefined;
  const { data_type: dataType, ...members } = contract as Record<string, ContractMode>;
  return { ...members, ...(dataType !== undefined && { dataType }) };
}
