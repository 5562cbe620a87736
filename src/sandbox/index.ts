import { givenOptions } from '../../operators/settings/given-options.js';
import { above0, record, whole } from '../../operators/settings/shape.js';
import { assembled } from './assembled.js';
import { coalesce } from './coalesce.js';
import { coassemble } from './coassemble.js';
import { serve, type Service } from './service.js';

export { ASSEMBLED_END, ASSEMBLED_START } from './assembled/data.js';
export type { SandboxRequest } from './definition.js';
export type { Control, RecordedRequest, Service } from './service.js';

/**
 * Where the stand-ins listen, and how strict their limits are. Without options they have the
 * defaults; ConfigError for an option that does not exist or is of another kind.
 */
export interface SandboxConfig {
  /** First of three ports. @default any free ones */
  port?: number;
  /** The services' rate limits are multiplied by it. @default 1 */
  rateScale?: number;
  /**
   * How long the minute lasts that the rate limits are counted in, in milliseconds. @default 60000
   */
  rateWindowMs?: number;
}

const SHAPE = record<SandboxConfig>('startSandbox()', {
  port: whole(0),
  rateScale: above0,
  rateWindowMs: above0,
});

/** Stand-ins of the three services on this machine. */
export interface Sandbox {
  /** The stand-in of Coassemble. */
  readonly coassemble: Service;
  /** The stand-in of Assembled. */
  readonly assembled: Service;
  /** The stand-in of Coalesce. */
  readonly coalesce: Service;
  /** Stops all three; resolves when their ports are free. */
  close(): Promise<void>;
}

/**
 * Serves stand-ins of Coassemble, Assembled and Coalesce on 127.0.0.1, with data that is the same
 * every time, real paging, real limits and real errors. Nothing leaves the machine.
 *
 * Errors: ConfigError for an option that does not exist; the server's own when a port is taken.
 */
export async function startSandbox(config?: SandboxConfig | null): Promise<Sandbox> {
  const {
    port,
    rateScale = 1,
    rateWindowMs = 60_000,
  } = givenOptions('startSandbox()', config, SHAPE);
  const at = (place: number): number => (port === undefined ? 0 : port + place);
  const services = {
    coassemble: await serve(coassemble({ rateScale, rateWindowMs }), at(0)),
    assembled: await serve(assembled({ rateScale, rateWindowMs }), at(1)),
    coalesce: await serve(coalesce(), at(2)),
  };
  return {
    ...services,
    async close() {
      await Promise.all(Object.values(services).map((service) => service.close()));
    },
  };
}
