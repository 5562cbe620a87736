import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { destinationSettings } from '#src/settings/destination-settings.js';
import type { SettingsOptions } from 'sluice';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();
const places = (options: SettingsOptions = {}): SettingsOptions => ({
  cwd: folder.path('.'),
  home: folder.path('home'),
  mounted: folder.path('mounted'),
  env: {},
  ...options,
});
const written = (name: string, text: string): void => {
  mkdirSync(folder.path('.dlt'), { recursive: true });
  writeFileSync(folder.path(`.dlt/${name}`), text);
};

/** Where dlt 1.31 looks for the password of a pipeline `shop`, in its order (its own error). */
const LADDER = [
  'SHOP__DESTINATION__POSTGRES__CREDENTIALS__PASSWORD',
  'SHOP__DESTINATION__CREDENTIALS__PASSWORD',
  'SHOP__CREDENTIALS__PASSWORD',
  'DESTINATION__POSTGRES__CREDENTIALS__PASSWORD',
  'DESTINATION__CREDENTIALS__PASSWORD',
  'CREDENTIALS__PASSWORD',
];

describe('settings of a destination', () => {
  it.each(LADDER.map((name, i) => [name, i] as const))(
    'are found in %s, before all that dlt looks for later',
    (name, i) => {
      const env = Object.fromEntries(LADDER.slice(i).map((one) => [one, one]));
      const { find } = destinationSettings('postgres', places({ pipeline: 'shop', env }));
      expect(find('credentials.password', 'secret')).toBe(name);
    },
  );

  it('are read as an address or as a table', () => {
    written(
      'secrets.toml',
      '[destination.postgres.credentials]\nhost = "db"\nport = 5433\npassword = "hidden"\n',
    );
    const table = destinationSettings('postgres', places());
    expect(table.text('credentials')).toBeUndefined();
    expect(table.find('credentials.port', 'number')).toBe(5433);
    expect(table.find('credentials.password', 'secret')).toBe('hidden');
    const env = { DESTINATION__POSTGRES__CREDENTIALS: 'postgres://db/shop' };
    expect(destinationSettings('postgres', places({ env })).text('credentials')).toEqual({
      value: 'postgres://db/shop',
      from: 'DESTINATION__POSTGRES__CREDENTIALS',
    });
  });

  it('may be in config.toml, where they are no secrets', () => {
    written(
      'config.toml',
      '[destination.postgres.credentials]\nhost = "db"\npassword = "hidden"\n',
    );
    const { find, text } = destinationSettings('postgres', places());
    expect(find('credentials.host', 'text')).toBe('db');
    const refused =
      /^The secret \[destination\.postgres\.credentials\] password is in .*config\.toml/;
    expect(() => find('credentials.password', 'secret')).toThrow(refused);
    expect(text('credentials')).toBeUndefined();
    written('config.toml', '[destination.postgres]\ncredentials = "postgres://a:hidden@db/shop"\n');
    const address = destinationSettings('postgres', places());
    expect(() => address.text('credentials')).toThrow(
      /^(?!.*hidden)The secret \[destination\.postgres\] credentials is in .*config\.toml/,
    );
  });
});
