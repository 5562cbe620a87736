import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settings } from '#src/config.js';
import { ConfigError } from '#src/errors.js';

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-config-'));
  home = join(folder, 'home');
  mkdirSync(join(folder, '.dlt'));
  mkdirSync(join(home, '.dlt'), { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true }));

const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);

describe('settings', () => {
  it('reads a secret from the environment by its dlt name', () => {
    const found = settings('shop', { cwd: folder, home, env: { SOURCES__SHOP__API_KEY: 'k1' } }).find('api_key');
    expect(found).toEqual({ value: 'k1', from: 'SOURCES__SHOP__API_KEY' });
  });

  it('knows the section `<name>_source` that dlt’s examples use', () => {
    write('.dlt/secrets.toml', '[sources.shop_source]\napi_key = "k2"\n');
    expect(settings('shop', { cwd: folder, home, env: {} }).require('api_key')).toBe('k2');
    expect(settings('shop', { cwd: folder, home, env: { SOURCES__SHOP_SOURCE__API_KEY: 'k3' } }).require('api_key')).toBe('k3');
  });

  it('prefers environment, then secrets, then config, then the home folder', () => {
    write('home/.dlt/secrets.toml', '[sources.shop]\na = "home"\nb = "home"\nc = "home"\nd = "home"\n');
    write('.dlt/config.toml', '[sources.shop]\na = "config"\nb = "config"\nc = "config"\n');
    write('.dlt/secrets.toml', '[sources.shop]\na = "secrets"\nb = "secrets"\n');
    const shop = settings('shop', { cwd: folder, home, env: { SOURCES__SHOP__A: 'env' } });
    expect(['a', 'b', 'c', 'd'].map((key) => shop.require(key))).toEqual(['env', 'secrets', 'config', 'home']);
  });

  it('counts an empty variable as not set', () => {
    write('.dlt/secrets.toml', '[sources.shop]\napi_key = "k"\n');
    expect(settings('shop', { cwd: folder, home, env: { SOURCES__SHOP__API_KEY: '' } }).require('api_key')).toBe('k');
  });

  it('takes numbers from TOML', () => {
    write('.dlt/config.toml', '[sources.shop]\nworkspace_id = 42\n');
    expect(settings('shop', { cwd: folder, home, env: {} }).require('workspace_id')).toBe('42');
  });

  it('lists every place it looked in when a secret is missing', () => {
    write('.dlt/config.toml', '');
    const attempt = (): string => settings('shop', { cwd: folder, home, env: {} }).require('api_key');
    expect(attempt).toThrow(ConfigError);
    for (const place of [
      'SOURCES__SHOP__API_KEY',
      'SOURCES__SHOP_SOURCE__API_KEY',
      `${join(folder, '.dlt', 'secrets.toml')} (no such file), [sources.shop] api_key`,
      `${join(folder, '.dlt', 'config.toml')}, [sources.shop_source] api_key`,
      join(home, '.dlt', 'secrets.toml'),
    ])
      expect(attempt).toThrow(place);
  });

  it('names file and line of broken TOML and keeps its text to itself', () => {
    write('.dlt/secrets.toml', '[sources.shop]\napi_key = "hush\n');
    let message = '';
    try {
      settings('shop', { cwd: folder, home, env: {} }).require('api_key');
    } catch (error) {
      message = `${String(error)} ${String((error as Error).cause)}`;
    }
    expect(message).toContain('secrets.toml is not readable as TOML (line 2');
    expect(message).not.toContain('hush');
  });
});
