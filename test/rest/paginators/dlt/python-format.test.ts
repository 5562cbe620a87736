import { describe, expect, it } from 'vitest';
import { SentNumber } from '#operators/json/sent-number.js';
import { isPythonFormat, pythonFormat } from '#src/rest/paginators/dlt/python-format.js';
import { pythonRepr, pythonText } from '#src/rest/paginators/dlt/python-values.js';
import type { Json } from 'sluice';

const sent = (text: string): Json => new SentNumber(text) as unknown as Json;

// Each as Python 3.12 writes it: `"{x…}".format(x=value)`.
describe('a value with a format of Python’s', () => {
  it.each<[format: string, value: Json, text: string | null]>([
    [':03d', 7, '007'],
    [':03d', -7, '-07'],
    [':+d', 7, '+7'],
    [': d', 7, ' 7'],
    [':,', 1234567, '1,234,567'],
    [':_', 1234567, '1_234_567'],
    [':x', 255, 'ff'],
    [':X', 255, 'FF'],
    [':o', 8, '10'],
    [':b', 5, '101'],
    [':_b', 1234, '100_1101_0010'],
    [':e', 12345, '1.234500e+04'],
    [':.2E', 0.00012, '1.20E-04'],
    [':.2f', 1.239, '1.24'],
    [':.2f', 0.125, '0.12'],
    [':.0f', 2.5, '2'],
    [':.0f', 3.5, '4'],
    [':.1f', 0.25, '0.2'],
    [':.2f', 2.675, '2.67'],
    [':,.2f', 1234567.891, '1,234,567.89'],
    [':.1%', 0.256, '25.6%'],
    [':%', 1, '100.000000%'],
    [':>5', 'ab', '   ab'],
    [':<5', 'ab', 'ab   '],
    [':^5', 'ab', ' ab  '],
    [':*^6', 'ab', '**ab**'],
    [':.2', 'abc', 'ab'],
    [':5s', 'ab', 'ab   '],
    [':6', 12, '    12'],
    [':<6', 12, '12    '],
    [':^6', 12, '  12  '],
    [':06.1f', -3.25159, '-003.3'],
    [':>06d', -42, '000-42'],
    ['!r', 'a', "'a'"],
    ['!r:>6', 'a', "   'a'"],
    ['!s', null, 'None'],
    ['!a', 'aé€😀', "'a\\xe9\\u20ac\\U0001f600'"],
    ['', true, 'True'],
    [':', 1.5, '1.5'],
    [':d', true, '1'],
    [':5', true, '    1'],
    [':f', 3, '3.000000'],
    [':,', 0.1, '0.1'],
    [':10', 1.5, '       1.5'],
    [':d', '7', null],
    [':d', 1.5, null],
    [':s', 7, null],
    [':>5', null, null],
    [':,', 'a', null],
    [':=5', 'a', null],
    [':.2d', 7, null],
    [':+', 'a', null],
  ])('%j writes %j as %j', (format, value, text) => {
    expect(isPythonFormat(format)).toBe(true);
    expect(pythonFormat(value, format)).toBe(text);
  });

  it.each(['03d', ':#x', ':n', ':{w}', '!x', '!rr', ':.f'])('%j is none', (format) => {
    expect(isPythonFormat(format)).toBe(false);
  });

  it('keeps all digits that were sent', () => {
    expect(pythonFormat(sent('12345678901234567890'), ':,')).toBe('12,345,678,901,234,567,890');
    expect(pythonFormat(sent('1e3'), ':.1f')).toBe('1000.0');
    expect(pythonFormat(sent('7.0'), ':d')).toBeNull();
  });
});

describe('a value in a text of Python’s', () => {
  it.each<[Json, string]>([
    [null, 'None'],
    [true, 'True'],
    [false, 'False'],
    ['a', "'a'"],
    ["it's", '"it\'s"'],
    ['say "x"', '\'say "x"\''],
    ['both \' and "', "'both \\' and \"'"],
    ['a\\b', "'a\\\\b'"],
    ['line\nend\t\r', "'line\\nend\\t\\r'"],
    ['\u0007 ', "'\\x07\\x7f\\xa0'"],
    ['é€', "'é€'"],
    [5, '5'],
    [-3, '-3'],
    [1.5, '1.5'],
    [1000000000000000.5, '1000000000000000.5'],
    [1e22, '1e+22'],
    [0.0001, '0.0001'],
    [1e-5, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [[1, 'b', null], "[1, 'b', None]"],
    [{ a: 1.5, b: [] }, "{'a': 1.5, 'b': []}"],
    [{}, '{}'],
  ])('%j is %s', (value, text) => {
    expect(pythonRepr(value)).toBe(text);
  });

  it.each([
    ['1e3', '1000.0'],
    ['1e16', '1e+16'],
    ['1.0', '1.0'],
    ['1.10', '1.1'],
    ['-0', '0'],
    ['-0.0', '-0.0'],
    ['1E-7', '1e-07'],
    ['12345678901234567890', '12345678901234567890'],
    ['1e400', 'inf'],
  ])('a number that was sent as %s is %s', (digits, text) => {
    expect(pythonText(sent(digits))).toBe(text);
  });

  it('is a text as it is', () => {
    expect(pythonText("it's")).toBe("it's");
  });
});
