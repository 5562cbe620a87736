let lastLoadId = 0;

/**
 * dlt's load ids: seconds since 1970 with six places; each one in the process is later than the
 * last.
 */
export function newLoadId(): string {
  lastLoadId = Math.max(Math.round(Date.now() * 1000), lastLoadId + 1);
  return (lastLoadId / 1e6).toFixed(6);
}
