/** Where an error happened, as far as it is known. */
export interface ErrorPlace {
  /** Name of the resource. */
  resource: string;
  /** Which parent row its list is of; null where there is one list, or none is known. */
  parent?: string | null;
  /** Number of the page, from 0. */
  page?: number;
  /** Number of the row on its page, from 0. */
  row?: number;
  /** What was requested; the address without secrets. */
  request?: { method: string; url: string };
}

const places = new WeakMap<object, ErrorPlace>();

/** Notes the place of an error, beside what is noted of it already, and gives the error back. */
export function markPlace<E>(error: E, place: ErrorPlace): E {
  if (typeof error === 'object' && error !== null)
    places.set(error, { ...place, ...errorPlace(error) });
  return error;
}

/** The place of an error, put together from its own and those of its causes; null for none. */
export function errorPlace(error: unknown): ErrorPlace | null {
  const found: ErrorPlace[] = [];
  let one: unknown = error;
  for (let depth = 0; depth < DEEPEST && typeof one === 'object' && one !== null; depth += 1) {
    const own = places.get(one);
    if (own !== undefined) found.push(own);
    one = one instanceof Error ? one.cause : null;
  }
  const [first, ...others] = found;
  return first === undefined ? null : others.reduce((all, own) => ({ ...all, ...own }), first);
}

/** Causes may be a circle. */
const DEEPEST = 16;
