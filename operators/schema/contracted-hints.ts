import type {
  ColumnSchema,
  DeclaredHints,
  FlatColumn,
  SchemaChange,
  TableSchema,
} from '../types.js';
import { conventionOf } from './convention.js';
import { hintOf } from './hinted-columns.js';
import type { TableContract } from './table-contract.js';
import type { Violation } from './violation.js';

/**
 * Splits the columns that hints declare into those that the contract lets into the table and those
 * that it refuses. Where it leaves rows or values out, a refused column is not there when they
 * come.
 */
export function allowedHints(
  { name: table, parent }: TableSchema,
  hints: DeclaredHints,
  declared: readonly ColumnSchema[],
  contract: TableContract | null,
): { columns: readonly ColumnSchema[]; violations: readonly Violation[] } {
  if (contract === null || declared.length === 0 || (parent === null && !contract.isOld))
    return { columns: declared, violations: [] };
  const { path: nameOf } = conventionOf(hints.naming);
  const mode = ({ name }: ColumnSchema): string => {
    const key = Object.keys(hints.columns).find((hint) => nameOf(hint) === name);
    return contract.columns(key === undefined ? undefined : hints.columns[key]);
  };
  return {
    columns: declared.filter((column) => mode(column) === 'evolve'),
    violations: declared
      .filter((column) => mode(column) === 'freeze')
      .map(({ name }) => ({
        table,
        column: name,
        row: null,
        message: `Resource ${hints.resource}: a hint declares column ${table}.${name}, which the table lacks, and \`schemaContract\` refuses new columns (columns: freeze). Remove the hint, or allow the column with \`columns: "evolve"\`.`,
      })),
  };
}

/**
 * Finds hints that would give a column another type than it has, where the contract is `freeze`.
 */
export function lateHints(
  changes: readonly SchemaChange[],
  contract: TableContract,
): readonly Violation[] {
  if (contract.dataType(undefined) !== 'freeze') return [];
  return changes
    .filter(({ kind }) => kind === 'late-hint')
    .map(({ table, column, message }) => ({ table, column, row: null, message }));
}

/** Returns the type of a column; under a contract integers never widen. */
export function typeWithin(
  contract: TableContract | null,
  hints: DeclaredHints,
  column: FlatColumn,
  type: ColumnSchema,
): ColumnSchema {
  return contract === null ||
    type.dataType !== 'bigint' ||
    contract.dataType(hintOf(hints, column)) === 'evolve'
    ? type
    : { ...type, isFixed: true };
}
