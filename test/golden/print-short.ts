/** JSON with a line for each value that fits into one. */
export function printShort(value: unknown, indent = ''): string {
  const line = JSON.stringify(value);
  const whole = typeof value !== 'object' || value === null || line.length <= 120 - indent.length;
  const text = whole ? line : members(value, `${indent} `, indent);
  return indent === '' ? `${text}\n` : text;
}

function members(value: object, inner: string, indent: string): string {
  const parts = Array.isArray(value)
    ? value.map((one) => printShort(one, inner))
    : Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${printShort(one, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
}
