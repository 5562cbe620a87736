import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigError, secret, setting, type SettingsOptions } from 'sluice';
import { tempFolder } from '../support/temp-folder.js';

describe('a setting by its path', () => {
  const folder = tempFolder();
  const here = (env: Record<string, string> = {}): SettingsOptions => ({
    cwd: folder.path('.'),
    home: folder.path('home'),
    mounted: folder.path('mounted'),
    env,
  });
  const write = (name: string, text: string): void => {
    mkdirSync(folder.path('.dlt'), { recursive: true });
    writeFileSync(folder.path(`.dlt/${name}`), text);
  };

  it('is read as the requested kind', () => {
    write('config.toml', '[shop]\npage_size = 50\nids = ["a"]\n[shop.headers]\nx = "1"\n');
    expect(setting('shop.page_size', 'number', here())).toBe(50);
    expect(setting('shop.page_size', 'text', here({ SHOP__PAGE_SIZE: '60' }))).toBe('60');
    expect(setting('shop.ids', 'list', here())).toEqual(['a']);
    expect(setting('shop.ids', 'list', here({ SHOP__IDS: '["b"]' }))).toEqual(['b']);
    expect(setting('shop.headers', 'object', here())).toEqual({ x: '1' });
  });

  it('is looked for nowhere else', () => {
    expect(
      setting(
        'shop.page_size',
        'number',
        here({ PAGE_SIZE: '60', SOURCES__SHOP__PAGE_SIZE: '70' }),
      ),
    ).toBeUndefined();
  });

  it('says where a value of the wrong kind stands', () => {
    expect(() => setting('shop.page_size', 'number', here({ SHOP__PAGE_SIZE: 'many' }))).toThrow(
      'Setting `shop.page_size`: SHOP__PAGE_SIZE must be a number; found "many".',
    );
  });

  it('is text as a secret, and an error lists where it was looked for', () => {
    write('secrets.toml', '[a.b]\nc = "hush"\n');
    expect(secret('a.b.c', here())).toBe('hush');
    expect(() => secret('a.b.d', here())).toThrow(ConfigError);
    expect(() => secret('a.b.d', here())).toThrow(
      /secret `a\.b\.d` is not set.*environment variables: A__B__D\n.*secrets\.toml \(no such file\).*: a\.b\.d$/s,
    );
  });

  it('must not be a secret in config.toml', () => {
    write('config.toml', '[a]\nb = "hush"\n');
    expect(() => secret('a.b', here())).toThrow('The secret [a] b is in');
  });

  it.each(['', 'a..b', '.a'])('needs a path; %j is none', (path) => {
    expect(() => setting(path, 'text', here())).toThrow('path of a setting');
  });
});
