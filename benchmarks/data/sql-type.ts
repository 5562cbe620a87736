/** The type of JSON values for `read_json`: a type of SQL, an object's fields, or a list. */
export type SqlType = string | { fields: Record<string, SqlType> } | { element: SqlType };

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Returns the type that fits all values; text where nothing is known but null. */
export function sqlTypeOf(values: readonly unknown[]): SqlType {
  const present = values.filter((value) => value !== null && value !== undefined);
  const [first] = present;
  if (Array.isArray(first)) return { element: sqlTypeOf(present.flat()) };
  if (typeof first === 'object') {
    const objects = present as Record<string, unknown>[];
    const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
    return {
      fields: Object.fromEntries(
        names.map((name) => [name, sqlTypeOf(objects.map((one) => one[name]))]),
      ),
    };
  }
  if (typeof first === 'boolean') return 'BOOLEAN';
  if (typeof first === 'number') return present.every(Number.isInteger) ? 'BIGINT' : 'DOUBLE';
  const isTime =
    present.length > 0 && present.every((value) => typeof value === 'string' && TIME.test(value));
  return isTime ? 'TIMESTAMPTZ' : 'VARCHAR';
}

/** Writes a type as DuckDB reads it. */
export function sqlText(type: SqlType): string {
  if (typeof type === 'string') return type;
  if ('element' in type) return `${sqlText(type.element)}[]`;
  const fields = Object.entries(type.fields).map(([name, field]) => `"${name}" ${sqlText(field)}`);
  return `STRUCT(${fields.join(', ')})`;
}
