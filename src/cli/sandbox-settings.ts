import { ASSEMBLED_END, ASSEMBLED_START, type Sandbox } from '../sandbox/index.js';

/** Returns the settings that make each source load from the sandbox, as environment variables. */
export function sandboxSettings(
  { coassemble, assembled, coalesce }: Sandbox,
  rateScale: number,
): Record<string, Record<string, string>> {
  const scaled = (requests: number): number => Math.max(1, Math.round(requests * rateScale));
  return {
    coassemble: {
      SOURCES__COASSEMBLE__BASE_URL: coassemble.url,
      SOURCES__COASSEMBLE__WORKSPACE_ID: coassemble.credentials['workspaceId'] ?? '',
      SOURCES__COASSEMBLE__API_KEY: coassemble.credentials['apiKey'] ?? '',
      SOURCES__COASSEMBLE__RATE_LIMIT: `${scaled(100)}/1m`,
    },
    assembled: {
      SOURCES__ASSEMBLED__BASE_URL: assembled.url,
      SOURCES__ASSEMBLED__API_KEY: assembled.credentials['apiKey'] ?? '',
      SOURCES__ASSEMBLED__START_TIME: String(ASSEMBLED_START),
      SOURCES__ASSEMBLED__END_TIME: String(ASSEMBLED_END),
      SOURCES__ASSEMBLED__RATE_LIMIT: `${scaled(300)}/1m burst ${scaled(20)}`,
    },
    coalesce: {
      SOURCES__COALESCE__BASE_URL: coalesce.url,
      SOURCES__COALESCE__ACCESS_TOKEN: coalesce.credentials['accessToken'] ?? '',
    },
  };
}
