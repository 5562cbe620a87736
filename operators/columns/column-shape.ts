import { ConfigError } from '../errors.js';
import { DATA_TYPES, REFINED_BY } from '../schema/data-types.js';
import {
  checked,
  type Fields,
  flag,
  record,
  type RecordShape,
  whole,
  words,
} from '../settings/shape.js';
import type { ColumnHint, DataType } from '../types.js';
import { columnContractShape } from './contract-shape.js';

const columnFields: Fields<ColumnHint> = {
  dataType: words(...DATA_TYPES),
  precision: whole(0),
  scale: whole(0),
  timezone: flag,
  epoch: words('s', 'ms'),
  nullable: flag,
  exclude: flag,
  primaryKey: flag,
  mergeKey: flag,
  dedupSort: words('asc', 'desc'),
  hardDelete: flag,
  schemaContract: columnContractShape,
};

/** What the hint of a column takes. */
export const columnShape: RecordShape<ColumnHint> = checked(
  record<ColumnHint>('a column', columnFields, {
    unique:
      'no column of a load is UNIQUE, as in dlt on DuckDB: it would do nothing. Leave it out.',
  }),
  checkColumn,
);

/** Options that say more of a type, and the types that have them. */
const OPTIONS: Readonly<Record<keyof typeof REFINED_BY | 'epoch', readonly DataType[]>> = {
  ...REFINED_BY,
  epoch: ['timestamp'],
};

/** Options that refine the type that values give as well. */
const REFINES_ANY = ['precision', 'timezone'];

function checkColumn(hint: ColumnHint): void {
  const { dataType, precision, scale, timezone } = hint;
  const fits = (key: string, types: readonly DataType[]): boolean =>
    dataType === undefined ? REFINES_ANY.includes(key) : types.includes(dataType);
  for (const [key, types] of Object.entries(OPTIONS))
    if (hint[key as keyof typeof OPTIONS] !== undefined && !fits(key, types))
      throw new ConfigError(
        `\`${key}\` is for columns with \`dataType\` ${types.join(', ')}; found ${dataType ?? 'no `dataType`'}.`,
      );
  if (dataType === undefined || (precision === undefined && scale === undefined)) return;
  if (dataType === 'timestamp') return checkTimestamp(precision ?? 6, timezone);
  const [least, most] = dataType === 'bigint' ? [1, 128] : [1, 38];
  if (precision !== undefined && (precision < least || precision > most))
    throw new ConfigError(
      `\`precision\` of ${dataType} is from ${least} to ${most}; found ${precision}.`,
    );
  const digits = precision ?? 38;
  const behind = scale ?? (dataType === 'decimal' ? 9 : 0);
  if (dataType !== 'bigint' && behind > digits)
    throw new ConfigError(
      `\`scale\` is at most \`precision\`; found a scale of ${behind} and a precision of ${digits}.`,
    );
}

function checkTimestamp(precision: number, timezone: boolean | undefined): void {
  if (precision > 9)
    throw new ConfigError(`\`precision\` of timestamp is from 0 to 9; found ${precision}.`);
  const isPlain = timezone === false || (timezone === undefined && precision > 6);
  if (precision !== 6 && !isPlain)
    throw new ConfigError(
      `a timestamp with a time zone has six digits of a second; found a \`precision\` of ${precision}. Add \`timezone: false\`, or leave \`precision\` out.`,
    );
}
