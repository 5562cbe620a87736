import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '#src/errors.js';
import { parseSetting, type SettingKind } from '#src/settings/parse-setting.js';

describe('parseSetting', () => {
  it.each<[SettingKind, unknown, unknown]>([
    ['text', ' a ', 'a'],
    ['text', 42, '42'],
    ['text', 12345678901234567890n, '12345678901234567890'],
    ['secret', 'k', 'k'],
    ['number', '2.5', 2.5],
    ['number', 7, 7],
    ['flag', true, true],
    ['flag', 'True', true],
    ['flag', 'yes', true],
    ['flag', '0', false],
    ['flag', 'no', false],
    ['time', '1741075200', 1_741_075_200],
    ['time', '2025-03-04', 1_741_046_400],
    ['time', '2025-03-04T08:00', 1_741_075_200],
    ['time', '2025-03-04 08:00:00', 1_741_075_200],
    ['time', '2025-03-04T08:00:00.5Z', 1_741_075_200],
    ['time', '2025-03-04T10:00:00+02:00', 1_741_075_200],
    ['list', '["a", 1]', ['a', 1]],
    ['list', [1, 2], [1, 2]],
    ['object', '{"a": 1}', { a: 1 }],
    ['object', { a: 1 }, { a: 1 }],
    [['new', 'old'], 'old', 'old'],
  ])('reads as %s: %s', (kind, value, read) => {
    expect(parseSetting(value, kind, 'here')).toEqual(read);
  });

  it.each([
    ['2025-03-04', 1_741_046_400],
    ['2025-03-04T08:00:00', 1_741_075_200],
    ['2025-03-04T10:00:00+02:00', 1_741_075_200],
  ])(
    'reads the date %s of a TOML file as seconds, in UTC where it has no zone',
    (text, seconds) => {
      expect(parseSetting(parse(`at = ${text}`)['at'], 'time', 'here')).toBe(seconds);
    },
  );

  it.each<[SettingKind, unknown, string]>([
    ['text', {}, 'here must be one value; found {}.'],
    ['text', '', 'here must be a value, not empty; found "".'],
    ['number', 'many', 'here must be a number; found "many".'],
    ['flag', 'maybe', 'here must be true or false'],
    ['time', 'yesterday', 'unix seconds or an ISO 8601 date or time'],
    ['time', '2025-03-04T08:00:00 CET', 'unix seconds or an ISO 8601 date or time'],
    ['time', parse('at = 08:00:00')['at'], 'one value'],
    ['list', 'a, b', 'here must be a list, in text as JSON such as ["a", "b"]; found "a, b".'],
    ['list', '{}', 'must be a list'],
    ['object', '[1]', 'must be a table, in text as JSON such as {"a": 1}'],
    [['new', 'old'], 'newest', 'one of new, old; found "newest".'],
  ])('refuses as %s: %s', (kind, value, message) => {
    expect(() => parseSetting(value, kind, 'here')).toThrow(ConfigError);
    expect(() => parseSetting(value, kind, 'here')).toThrow(message);
  });

  it('never shows a secret', () => {
    expect(() => parseSetting(['hush'], 'secret', 'here')).toThrow(/^here must be one value\.$/);
  });
});
