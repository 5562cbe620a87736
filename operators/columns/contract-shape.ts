import { either, type Fields, record, type Shape, words } from '../settings/shape.js';
import type { ColumnHint, ContractMode, SchemaContract } from '../types.js';

const mode: Shape<ContractMode> = words('evolve', 'freeze', 'discard_row', 'discard_value');

type Members = Exclude<SchemaContract, ContractMode>;
const members: Fields<Members> = { tables: mode, columns: mode, dataType: mode };

/** What a schema contract may be. */
export const contractShape: Shape<SchemaContract> = either(
  mode,
  record<Members>('schemaContract', members),
);

type OfColumn = Exclude<NonNullable<ColumnHint['schemaContract']>, ContractMode>;

/** What the contract of a column may be. */
export const columnContractShape: Shape<NonNullable<ColumnHint['schemaContract']>> = either(
  mode,
  record<OfColumn>(
    '`schemaContract` of a column',
    { columns: mode, dataType: mode },
    { tables: 'belongs into the `schemaContract` of the resource: it is about whole tables.' },
  ),
);
