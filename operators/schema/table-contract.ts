import type { ColumnHint, ContractMode, DeclaredHints, SchemaContract } from '../types.js';

/** The schema contract of one table: a mode for each of its entities. */
export interface TableContract {
  tables: ContractMode;
  /** Mode for a new column with this hint. */
  columns(hint: ColumnHint | undefined): ContractMode;
  /** Mode for values that do not fit a column with this hint. */
  dataType(hint: ColumnHint | undefined): ContractMode;
  /** The table had columns before the stream; the columns of a new one are allowed. */
  isOld: boolean;
}

/**
 * Resolves the contract of a table: that of the run counts before those of its columns, and these
 * before that of its resource. Null where everything may evolve.
 *
 * @param ofRun the contract of the run, where it has one
 */
export function tableContract(
  { schemaContract, columns }: DeclaredHints,
  ofRun: SchemaContract | undefined,
  isOld: boolean,
): TableContract | null {
  const contract = modes(ofRun ?? schemaContract ?? 'evolve');
  const ofColumns = ofRun === undefined ? Object.values(columns) : [];
  if (
    Object.values(contract).every((mode) => mode === 'evolve') &&
    ofColumns.every((hint) => hint.schemaContract === undefined)
  )
    return null;
  const own = (hint: ColumnHint | undefined): typeof contract =>
    ofRun !== undefined || hint?.schemaContract === undefined
      ? contract
      : { ...contract, ...members(hint.schemaContract) };
  return {
    tables: contract.tables,
    columns: (hint) => own(hint).columns,
    dataType: (hint) => own(hint).dataType,
    isOld,
  };
}

function modes(contract: SchemaContract): Required<Exclude<SchemaContract, ContractMode>> {
  return { tables: 'evolve', columns: 'evolve', dataType: 'evolve', ...members(contract) };
}

function members(contract: SchemaContract): Exclude<SchemaContract, ContractMode> {
  return typeof contract === 'string'
    ? { tables: contract, columns: contract, dataType: contract }
    : contract;
}
