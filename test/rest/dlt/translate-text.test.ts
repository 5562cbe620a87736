import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { translateText, translateTexts } from '#src/rest/dlt/translate-text.js';
import { fillPath, fillText } from '#src/rest/resources/placeholders.js';

const text = (value: string): string =>
  translateText(value, { inPath: false, bound: () => undefined });
const path = (value: string): string =>
  translateText(value, {
    inPath: true,
    bound: (name) => ({ id: '7', course: '{+resources.courses.id}' })[name],
  });

describe('a text with Python’s braces', () => {
  it.each([
    ['plain', 'plain'],
    ['{resources.a.b}', '{resources.a.b}'],
    ['x{resources.a.$.b.c}y', 'x{resources.a.b.c}y'],
    ['{incremental.start_value}', '{incremental.startValue}'],
    ['{{not}} this', '{not} this'],
    ['{{resources.a.b}}', '{{resources.a.b}}'],
    ['{{"id": {resources.a.b} }}', '{"id": {resources.a.b} }'],
    ['{{"id": {resources.a.b}}}', '{"id": {resources.a.b}}'],
  ])('%j is %j', (dlt, ours) => {
    expect(text(dlt)).toBe(ours);
  });

  it.each([
    ['a/{resources.a.b}/c', 'a/{+resources.a.b}/c'],
    ['a/{id}', 'a/7'],
    ['a/{course}/c', 'a/{+resources.courses.id}/c'],
    ['a/{{x}}', 'a/%7Bx%7D'],
  ])('%j in a path is %j', (dlt, ours) => {
    expect(path(dlt)).toBe(ours);
  });

  it.each<[string, RegExp]>([
    ['{x}', /`\{x\}` is filled by nothing.*double the braces/],
    ['{resource.a.b}', /Did you mean `resources`\?/],
    ['{resources.a}', /must be \{resources\.<resource>\.<field>\}/],
    ['{incremental.start}', /there is no `\{incremental\.start\}`\. .*There are: start_value/],
    ['{resources.a.b:#x}', /`\{resources\.a\.b:#x\}` formats its value in a way .*: `:#x`/],
    ['{resources.a.b!x}', /is not supported: `!x`/],
    ['{resources.a.b', /single brace/],
    ['a } b', /single brace/],
    ['{{{resources.a.b}}}', /right between two braces/],
  ])('%j is refused', (dlt, message) => {
    expect(() => text(dlt)).toThrow(message);
  });

  it('is translated in keys and lists too', () => {
    expect(translateTexts({ '{{k}}': ['{{v}}', 5, null, { a: '{resources.a.b}' }] }, text)).toEqual(
      { '{k}': ['{v}', 5, null, { a: '{resources.a.b}' }] },
    );
  });

  const literals = fc.string({
    maxLength: 8,
    unit: fc.constantFrom('{', '}', 'a', '.', ' ', 'resources', 'window.start', '+', '/'),
  });

  it('says what it says in Python, whatever its braces', () => {
    const tokens = fc.array(
      fc.oneof(
        literals.map((literal) => ({ literal, filled: false })),
        fc.constant({ literal: '', filled: true }),
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(tokens, (parts) => {
        const dlt = parts
          .map(({ literal, filled }) =>
            filled ? '{resources.p.id}' : literal.replaceAll('{', '{{').replaceAll('}', '}}'),
          )
          .join('');
        const said = parts.map(({ literal, filled }) => (filled ? 'VALUE' : literal)).join('');
        fc.pre(!said.includes('{VALUE}'));
        expect(fillText(text(dlt), () => 'VALUE', 'r')).toBe(said);
      }),
    );
  });

  it('says in a path what it says in Python, percent-encoded', () => {
    fc.assert(
      fc.property(fc.array(literals, { maxLength: 4 }), (parts) => {
        const dlt = parts
          .map((literal) => literal.replaceAll('{', '{{').replaceAll('}', '}}'))
          .join('{resources.p.id}');
        const said = parts.join('a/b').replaceAll('{', '%7B').replaceAll('}', '%7D');
        expect(fillPath(path(dlt), () => 'a/b', 'r')).toBe(said);
      }),
    );
  });
});
