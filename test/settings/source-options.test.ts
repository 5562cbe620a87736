import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '#src/errors.js';
import { settingName } from '#src/settings/setting-name.js';
import { readOptions, type SourceOption } from '#src/settings/source-options.js';
import { assembled } from 'sluice/sources/assembled';
import { coalesce } from 'sluice/sources/coalesce';
import { coassemble } from 'sluice/sources/coassemble';
import { tempFolder } from '../support/temp-folder.js';

const options: SourceOption[] = [
  { name: 'apiKey', kind: 'secret', required: true, description: 'key' },
  { name: 'startTime', kind: 'time', description: 'from' },
  { name: 'pageSize', kind: 'number', description: 'rows a page' },
  { name: 'deleted', kind: 'flag', description: 'deleted rows too' },
  { name: 'scheme', kind: ['new', 'old'], description: 'scheme' },
];
const nowhere = { env: {}, cwd: '/nonexistent', home: '/nonexistent' };
const read = (given: Record<string, unknown>, env: Record<string, string> = {}): object =>
  readOptions('shop', options, given, { ...nowhere, env });

describe('a rule of an option', () => {
  const files = tempFolder();
  const ruled: SourceOption[] = [
    {
      name: 'word',
      kind: 'text',
      description: 'a word',
      check: {
        expected: 'one word',
        check: (text) => {
          if (text.includes(' ')) throw new Error(`\`${text}\` is no word`);
        },
      },
    },
  ];

  it('names the place and shows the value', () => {
    expect(() =>
      readOptions('shop', ruled, {}, { ...nowhere, env: { SOURCES__SHOP__WORD: 'a b' } }),
    ).toThrow('Source `shop`: SOURCES__SHOP__WORD: `a b` is no word');
    expect(() => readOptions('shop', ruled, { word: 'a b' }, nowhere)).toThrow(
      'Source `shop`: option `word`: `a b` is no word',
    );
  });

  it('does not show what is in a file of secrets', () => {
    mkdirSync(files.path('.dlt'));
    writeFileSync(files.path('.dlt/secrets.toml'), '[sources.shop]\nword = "hush hush"\n');
    const read = (): unknown =>
      readOptions('shop', ruled, {}, { ...nowhere, cwd: files.path('.') });
    expect(read).toThrow(/secrets\.toml.* must be one word \(its value is not shown\)\.$/);
    expect(read).not.toThrow(/hush/);
  });

  it.each([coassemble, assembled, coalesce])(
    'holds for address and limit of a ready source',
    (source) => {
      const section = `sources.${source.sourceName}`;
      mkdirSync(files.path('.dlt'));
      for (const key of ['base_url', 'rate_limit']) {
        writeFileSync(files.path('.dlt/secrets.toml'), `[${section}]\n${key} = "hush hush"\n`);
        const secrets = { apiKey: 'k', accessToken: 'k', workspaceId: 'w' };
        const own = Object.fromEntries(
          Object.entries(secrets).filter(([name]) =>
            source.options.some((option) => option.name === name),
          ),
        );
        const loaded = (): unknown => source(own, { ...nowhere, cwd: files.path('.') });
        expect(loaded).not.toThrow(/hush/);
        expect(loaded).toThrow(/secrets\.toml.*its value is not shown/);
      }
    },
  );
});

describe('readOptions', () => {
  it('prefers options over settings', () => {
    expect(read({ apiKey: 'mine' }, { SOURCES__SHOP__API_KEY: 'theirs' })).toEqual({
      apiKey: 'mine',
    });
    expect(read({}, { SOURCES__SHOP__API_KEY: 'theirs' })).toEqual({ apiKey: 'theirs' });
  });

  it('turns text into what the option is', () => {
    expect(read({ apiKey: 'k', pageSize: '50', deleted: 'true', scheme: 'old' })).toEqual({
      apiKey: 'k',
      pageSize: 50,
      deleted: true,
      scheme: 'old',
    });
  });

  it.each([
    ['1741075200', 1_741_075_200],
    [1_741_075_200, 1_741_075_200],
    ['2025-03-04', 1_741_046_400],
    ['2025-03-04T08:00:00', 1_741_075_200],
    ['2025-03-04T08:00:00Z', 1_741_075_200],
    ['2025-03-04T10:00:00+02:00', 1_741_075_200],
    [new Date('2025-03-04T08:00:00Z'), 1_741_075_200],
  ])('reads the time %s as unix seconds in UTC', (startTime, seconds) => {
    expect(read({ apiKey: 'k', startTime })).toEqual({ apiKey: 'k', startTime: seconds });
  });

  it.each([
    [{ startTime: 'yesterday' }, 'unix seconds or an ISO 8601'],
    [{ pageSize: 'many' }, 'a number'],
    [{ deleted: 'maybe' }, 'true or false'],
    [{ scheme: 'newest' }, 'one of new, old'],
    [{ pagesize: 5 }, 'has no option `pagesize`. Options: apiKey, startTime'],
    [{ apiKey: {} }, 'one value'],
  ])('refuses %j', (given, part) => {
    expect(() => read({ apiKey: 'k', ...given })).toThrow(ConfigError);
    expect(() => read({ apiKey: 'k', ...given })).toThrow(part);
  });

  it('says where it looked for a required option', () => {
    expect(() => read({})).toThrow('SOURCES__SHOP__API_KEY');
  });

  it('names options as dlt names settings', () => {
    expect(settingName('workspaceId')).toBe('workspace_id');
  });
});
