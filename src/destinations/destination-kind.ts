import type { DuckdbDestination } from '../destination/duckdb/engine-destination.js';
import type { SettingsOptions } from '../settings/configure-settings.js';

/** A kind of destination, as it is chosen by name or address. */
export interface DestinationKind {
  /** Beginnings of its addresses, before the colon. */
  schemes: readonly string[];
  /** An address, for messages. */
  example: string;
  /** Makes one at an address; null: where the settings say. Errors: ConfigError. */
  make: (address: string | null, options: SettingsOptions) => DuckdbDestination;
}
