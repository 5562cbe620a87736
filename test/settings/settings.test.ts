import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '#src/errors.js';
import { settings } from '#src/settings/settings.js';
import { configureSettings, type SettingsOptions } from 'sluice';

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
  home = join(folder, 'home');
  mkdirSync(join(folder, '.dlt'));
  mkdirSync(join(home, '.dlt'), { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true }));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
/** Folders of the test only. */
const nowhere = (): SettingsOptions => ({ cwd: folder, home, mounted: join(folder, 'mounted') });

function messageOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

/**
 * Everywhere that the token of the rest source `shop`, loaded by pipeline `nightly`, may stand
 * under the name of one provider: dlt's order.
 */
const LADDER = [
  'sources.rest_api.shop',
  'sources.rest_api',
  'sources.shop',
  'sources.shop_source',
  'sources',
  '',
]
  .flatMap((level) =>
    ['client.auth', 'credentials', ''].map((inner) =>
      [level, inner, 'token'].filter((part) => part !== '').join('.'),
    ),
  )
  .map((path) => path.split('.'));
const variable = (path: readonly string[]): string => path.join('__').toUpperCase();
const token = (options: SettingsOptions): string =>
  settings('shop', 'rest_api', { ...nowhere(), pipeline: 'nightly', env: {}, ...options }).require(
    'token',
    'secret',
  );

describe('settings', () => {
  it('reads a secret from the environment by its dlt name', () => {
    const found = settings('shop', 'shop', {
      ...nowhere(),
      env: { SOURCES__SHOP__API_KEY: 'k1' },
    }).find('api_key');
    expect(found).toEqual({ value: 'k1', from: 'SOURCES__SHOP__API_KEY' });
  });

  it('knows the section `<name>_source` that dlt’s examples use', () => {
    write('.dlt/secrets.toml', '[sources.shop_source]\napi_key = "k2"\n');
    expect(settings('shop', 'shop', { ...nowhere(), env: {} }).require('api_key')).toBe('k2');
    expect(
      settings('shop', 'shop', {
        ...nowhere(),
        env: { SOURCES__SHOP_SOURCE__API_KEY: 'k3' },
      }).require('api_key'),
    ).toBe('k3');
  });

  it('prefers environment, then secrets, then config; in each the project, then the home folder', () => {
    write(
      'home/.dlt/config.toml',
      '[sources.shop]\na = "home config"\nb = "home config"\nc = "home config"\nd = "home config"\ne = "home config"\n',
    );
    write(
      '.dlt/config.toml',
      '[sources.shop]\na = "config"\nb = "config"\nc = "config"\nd = "config"\n',
    );
    write(
      'home/.dlt/secrets.toml',
      '[sources.shop]\na = "home secrets"\nb = "home secrets"\nc = "home secrets"\n',
    );
    write('.dlt/secrets.toml', '[sources.shop]\na = "secrets"\nb = "secrets"\n');
    const shop = settings('shop', 'shop', { ...nowhere(), env: { SOURCES__SHOP__A: 'env' } });
    expect(['a', 'b', 'c', 'd', 'e'].map((key) => shop.require(key))).toEqual([
      'env',
      'secrets',
      'home secrets',
      'config',
      'home config',
    ]);
  });

  it('counts an empty variable as not set', () => {
    write('.dlt/secrets.toml', '[sources.shop]\napi_key = "k"\n');
    expect(
      settings('shop', 'shop', { ...nowhere(), env: { SOURCES__SHOP__API_KEY: '' } }).require(
        'api_key',
      ),
    ).toBe('k');
  });

  it('takes numbers from TOML', () => {
    write('.dlt/config.toml', '[sources.shop]\nworkspace_id = 42\n');
    expect(settings('shop', 'shop', { ...nowhere(), env: {} }).require('workspace_id')).toBe('42');
  });

  it('lists every place it looked in when a setting is missing, each once, and which files do not exist', () => {
    write('.dlt/config.toml', '');
    const attempt = (): string =>
      settings('shop', 'rest_api', {
        ...nowhere(),
        env: {},
        providers: [{ name: 'vault', get: () => undefined }],
      }).require('page_size');
    expect(attempt).toThrow(ConfigError);
    const gone = (path: string): string => `${join(folder, path)} (no such file)`;
    expect(messageOf(attempt))
      .toBe(`Source \`shop\` needs \`page_size\`. Set the environment variable SOURCES__SHOP__PAGE_SIZE (or pass it to the source). Places searched, in this order:
  - environment variables: SOURCES__REST_API__SHOP__PAGE_SIZE, SOURCES__REST_API__PAGE_SIZE, SOURCES__SHOP__PAGE_SIZE, SOURCES__SHOP_SOURCE__PAGE_SIZE, SOURCES__PAGE_SIZE, PAGE_SIZE
  - ${gone('.sluice/secrets.toml')}, ${gone('.dlt/secrets.toml')}, ${gone('home/.sluice/secrets.toml')}, ${gone('home/.dlt/secrets.toml')}: sources.rest_api.shop.page_size, sources.rest_api.page_size, sources.shop.page_size, sources.shop_source.page_size, sources.page_size, page_size
  - ${gone('.sluice/config.toml')}, ${join(folder, '.dlt/config.toml')}, ${gone('home/.sluice/config.toml')}, ${gone('home/.dlt/config.toml')}: the same
  - vault: the same`);
  });

  it('says of a missing secret what it tried in addition, and names no place where secrets must not stand', () => {
    const message = messageOf(() =>
      settings('shop', 'rest_api', { ...nowhere(), env: {}, pipeline: 'nightly' }).require(
        'token',
        'secret',
      ),
    );
    expect(message).toContain(
      "(each key also with `client.auth` or `credentials` before its last part; all of them first with the pipeline's name `nightly` in front)",
    );
    expect(message).toContain(
      `  - ${join(folder, 'mounted')} (no such folder)\n  - environment variables: SOURCES__REST_API__SHOP__TOKEN,`,
    );
    expect(message).not.toContain('config.toml');
  });

  it('names file and line of broken TOML and keeps its text to itself', () => {
    write('.dlt/secrets.toml', '[sources.shop]\napi_key = "hush\n');
    let message = '';
    try {
      settings('shop', 'shop', { ...nowhere(), env: {} }).require('api_key');
    } catch (error) {
      message = `${String(error)} ${String((error as Error).cause)}`;
    }
    expect(message).toContain('secrets.toml is not valid TOML (line 2');
    expect(message).not.toContain('hush');
  });
});

describe('the ladder of places', () => {
  const passes = [LADDER.map((path) => ['nightly', ...path]), LADDER];

  it.each(passes.flat().map((path) => [path.join('.'), path] as const))(
    'prefers %s to everything below it in the environment',
    (_name, path) => {
      const rungs = passes.flat();
      const below = rungs.slice(rungs.indexOf(path));
      const env = Object.fromEntries(
        below.map((one) => [variable(one), `value of ${one.join('.')}`]),
      );
      expect(token({ env })).toBe(`value of ${path.join('.')}`);
    },
  );

  it.each(passes.flat().map((path) => [path.join('.'), path] as const))(
    'finds %s in secrets.toml',
    (_name, path) => {
      const sections = path.slice(0, -1).join('.');
      write('.dlt/secrets.toml', `${sections === '' ? '' : `[${sections}]\n`}token = "found"\n`);
      expect(token({})).toBe('found');
    },
  );

  it('in files must be UTF-8, with or without a byte order mark', () => {
    const shop = (): string => settings('shop', 'rest_api', nowhere()).require('token');
    write('.dlt/secrets.toml', '\ufeff[sources.shop]\ntoken = "x"\n');
    expect(shop()).toBe('x');
    writeFileSync(
      join(folder, '.dlt/secrets.toml'),
      Buffer.from('[sources.shop]\ntoken = "s3cret\xff"\n', 'latin1'),
    );
    expect(messageOf(shop)).toMatch(/secrets\.toml is not UTF-8/);
    expect(messageOf(shop)).not.toContain('s3cret');
  });

  it('tries one provider with all names before the next: a short variable beats the longest section of a file', () => {
    write('.dlt/secrets.toml', '[sources.rest_api.shop.client.auth]\ntoken = "file"\n');
    expect(token({ env: { TOKEN: 'variable' } })).toBe('variable');
  });

  it('tries all providers with the pipeline in front before any without', () => {
    const vault = {
      name: 'vault',
      get: (path: readonly string[]) => (path.join('/') === 'nightly/token' ? 'vault' : undefined),
    };
    expect(token({ env: { SOURCES__REST_API__SHOP__TOKEN: 'variable' }, providers: [vault] })).toBe(
      'vault',
    );
  });

  it('goes from environment to secrets.toml to vaults in their order', () => {
    const vault = (name: string) => ({
      name,
      get: (path: readonly string[]) => (path.length === 1 ? name : undefined),
    });
    const providers = [vault('one'), vault('two')];
    expect(token({ providers })).toBe('one');
    write('home/.dlt/secrets.toml', 'token = "secrets"\n');
    expect(token({ providers })).toBe('secrets');
    expect(token({ providers, env: { TOKEN: 'variable' } })).toBe('variable');
  });

  it('reads overrides before everything', () => {
    const overrides = {
      name: '--set',
      get: (path: readonly string[]) => (path.join() === 'token' ? 'override' : undefined),
    };
    expect(token({ overrides, env: { NIGHTLY__SOURCES__REST_API__SHOP__TOKEN: 'variable' } })).toBe(
      'override',
    );
  });

  it('takes the pipeline as a function of the source', () => {
    expect(
      token({
        pipeline: (source) => `${source}_pipeline`,
        env: { SHOP_PIPELINE__TOKEN: 'with', SOURCES__SHOP__TOKEN: 'without' },
      }),
    ).toBe('with');
  });

  it('gives a ready source its own name as section, and no client', () => {
    const ready = (env: Record<string, string>): unknown =>
      settings('coalesce', 'coalesce', { ...nowhere(), env }).find('access_token', 'secret')?.value;
    expect(
      ready({
        SOURCES__COALESCE__COALESCE__ACCESS_TOKEN: '1',
        SOURCES__COALESCE__ACCESS_TOKEN: '2',
      }),
    ).toBe('1');
    expect(
      ready({
        SOURCES__COALESCE__CREDENTIALS__ACCESS_TOKEN: '2',
        SOURCES__COALESCE__ACCESS_TOKEN: '3',
      }),
    ).toBe('2');
    expect(ready({ SOURCES__COALESCE__CLIENT__AUTH__ACCESS_TOKEN: '1' })).toBeUndefined();
  });

  it('looks for settings that are no credentials only under their own name', () => {
    const env = { SOURCES__SHOP__CREDENTIALS__PAGE_SIZE: '5' };
    expect(settings('shop', 'rest_api', { ...nowhere(), env }).find('page_size')).toBeUndefined();
  });
});

describe('files of settings', () => {
  it('are merged deeply: .sluice over .dlt, the project over the home folder', () => {
    write('home/.dlt/config.toml', '[sources.shop]\na = 4\nb = 4\nc = 4\nd = 4\n');
    write('home/.sluice/config.toml', '[sources.shop]\na = 3\nb = 3\nc = 3\n');
    write('.dlt/config.toml', '[sources.shop]\na = 2\nb = 2\n');
    write('.sluice/config.toml', '[sources.shop]\na = 1\n');
    const shop = settings('shop', 'shop', { ...nowhere(), env: {} });
    expect(['a', 'b', 'c', 'd'].map((key) => shop.find(key))).toEqual(
      ['.sluice', '.dlt', 'home/.sluice', 'home/.dlt'].map((place, index) => ({
        value: index + 1,
        from: `${join(folder, place, 'config.toml')} [sources.shop] ${'abcd'[index]}`,
      })),
    );
  });

  it('lie where DLT_PROJECT_DIR and DLT_CONFIG_FOLDER say', () => {
    write('elsewhere/.settings/config.toml', '[sources.shop]\na = 1\n');
    const env = { DLT_PROJECT_DIR: join(folder, 'elsewhere'), DLT_CONFIG_FOLDER: '.settings' };
    expect(settings('shop', 'shop', { home, env }).require('a')).toBe('1');
  });

  it('must not hold a secret in config.toml, and the error keeps it', () => {
    write('.dlt/config.toml', '[sources.shop]\napi_key = "hush"\nuser = "u"\n');
    const shop = settings('shop', 'shop', {
      ...nowhere(),
      env: {},
      providers: [{ name: 'vault', get: () => 'other' }],
    });
    const message = messageOf(() => shop.find('api_key', 'secret'));
    expect(message).toBe(
      `The secret [sources.shop] api_key is in ${join(folder, '.dlt/config.toml')}, and secrets do not belong there. Move it to secrets.toml in the same folder, and do not commit that file.`,
    );
    expect(shop.find('user', 'credential')?.value).toBe('u');
  });

  it('must have their placeholders filled', () => {
    write('.dlt/secrets.toml', '[sources.shop]\napi_key = "<configure me>"\n');
    expect(() =>
      settings('shop', 'shop', { ...nowhere(), env: {} }).find('api_key', 'secret'),
    ).toThrow('[sources.shop] api_key is still the placeholder <configure me>');
  });

  it('may hold integers of any length', () => {
    write('.dlt/config.toml', '[sources.shop]\nworkspace_id = 1234567890123456789\n');
    expect(settings('shop', 'shop', { ...nowhere(), env: {} }).require('workspace_id')).toBe(
      '1234567890123456789',
    );
  });

  it('are secrets by themselves where a container mounts them, before the variable of the same name', () => {
    write('mounted/sources--shop--api-key', 'from a file\n');
    write('mounted/sources--other--api-key/sources--other--api-key', 'from a folder');
    const options = { ...nowhere(), env: { SOURCES__SHOP__API_KEY: 'variable' } };
    expect(settings('shop', 'shop', options).find('api_key', 'secret')).toEqual({
      value: 'from a file',
      from: join(folder, 'mounted/sources--shop--api-key'),
    });
    expect(settings('other', 'other', options).require('api_key', 'secret')).toBe('from a folder');
    expect(settings('shop', 'shop', options).require('api_key')).toBe('variable');
  });
});

describe('configureSettings', () => {
  it('holds for every source until it is undone', () => {
    const undo = configureSettings({
      ...nowhere(),
      env: {},
      providers: [{ name: 'vault', get: () => 'kept safe' }],
    });
    expect(settings('shop').find('api_key', 'secret')?.from).toBe(
      'vault sources.shop.shop.credentials.api_key',
    );
    undo();
    vi.stubEnv('SOURCES__SHOP__API_KEY', 'variable');
    expect(settings('shop').require('api_key', 'secret')).toBe('variable');
    vi.unstubAllEnvs();
  });

  it('says that a vault must be awaited first when it returns a promise', () => {
    const late = { name: 'vault', get: () => Promise.resolve('later') };
    expect(() =>
      settings('shop', 'shop', { ...nowhere(), env: {}, providers: [late] }).find('api_key'),
    ).toThrow('vault returns a promise');
  });
});
