import type { DltType } from '../../operators/schema/dlt-tables.js';
import type { ColumnStructure, TableStructure } from '../destination/table-structure.js';
import type { FirstSeen } from './first-seen.js';

/**
 * TypeScript declarations of the rows of a dataset's tables: an interface for each table, and
 * `Tables`, which has them by the names of the tables (`dataset<Tables>()`). Tables are sorted (a
 * replaced one is a new one to the database), columns keep their order. No tables: `Tables` is
 * empty.
 */
export function typesFile(
  dataset: string,
  unsorted: readonly TableStructure[],
  firstSeen: FirstSeen,
): string {
  const tables = unsorted.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const names = interfaceNames(tables);
  const parts = tables.map((table) =>
    declaration(table, names.get(table.name) as string, firstSeen),
  );
  const members = tables.map(({ name }) => `  ${key(name)}: ${names.get(name)};\n`);
  return [
    `// Rows of the tables of dataset ${oneLine(dataset)}. Written by \`sluice types\`: change nothing here, write it anew.\n`,
    ...parts,
    `/** Rows by the names of their tables: \`dataset<Tables>()\`. */\nexport interface Tables {\n${members.join('')}}\n`,
  ].join('\n');
}

/** The declarations without what differs although the tables are the same. */
export function comparableTypes(file: string): string {
  return file.replaceAll(/, first seen in load \S+(?= \*\/)/g, '').replaceAll('\r\n', '\n');
}

function declaration(
  { name, parent, columns, isView }: TableStructure,
  own: string,
  firstSeen: FirstSeen,
): string {
  const of = parent === null ? '' : `, one for each element of a list of \`${oneLine(parent)}\``;
  const members = columns.map((column) => {
    const load = firstSeen(name, column.name);
    const seen = load === null ? '' : `, first seen in load ${load}`;
    const type = column.nullable ? `${column.rowType} | null` : column.rowType;
    return `  /** ${typeComment(column)}${seen} */\n  ${key(column.name)}: ${type};\n`;
  });
  return `/** Rows of ${isView === true ? 'view ' : ''}\`${oneLine(name)}\`${of}. */\nexport interface ${own} {\n${members.join('')}}\n`;
}

/** dlt's type, as its hints have it; and the database's, where dlt has no word for it. */
function typeComment({ type, sqlType }: ColumnStructure): string {
  const { data_type: name, ...more } = type;
  const words = Object.entries(more as Partial<DltType>).map(
    ([word, value]) => `${word} ${String(value)}`,
  );
  const known = [name, ...words].join(', ');
  return type.data_type === 'text' && sqlType !== 'VARCHAR'
    ? `${known} (${oneLine(sqlType)})`
    : known;
}

/** Names that the file itself uses. */
const TAKEN = ['Tables', 'Date', 'Uint8Array'];

/** A name in capitals for each table; one that is taken already gets a number. */
function interfaceNames(tables: readonly TableStructure[]): Map<string, string> {
  const taken = new Set(TAKEN);
  return new Map(
    tables.map(({ name }) => {
      const words = name.split(/[^\p{L}\p{N}$]+/u).filter((word) => word !== '');
      const plain = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
      const base = /^[\p{L}$]/u.test(plain) ? plain : `Table${plain}`;
      let own = base;
      for (let number = 2; taken.has(own); number += 1) own = `${base}${number}`;
      taken.add(own);
      return [name, own];
    }),
  );
}

function key(name: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : JSON.stringify(name);
}

/** A name within a comment: it ends no comment and no line. */
function oneLine(name: string): string {
  return name.replaceAll(/[\r\n\u2028\u2029]+/g, ' ').replaceAll('*/', '* /');
}
