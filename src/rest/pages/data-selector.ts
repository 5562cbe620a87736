import type { Json } from '../../../operators/types.js';

const NAMES = new Set([
  'data',
  'items',
  'results',
  'entries',
  'records',
  'rows',
  'entities',
  'payload',
  'content',
  'objects',
  'values',
]);
const DEEPEST = 3;

/**
 * Where the rows of an answer are, when nobody says: of all lists at most three keys deep, in the
 * order of the document, the first with one of the usual names, else the first; `@` where there is
 * none or the body is a list itself. Source: dlt's detection of the data selector.
 */
export function detectSelector(body: Json): string {
  const lists = listsIn(body, []);
  const usual = lists.find((path) => NAMES.has(path.at(-1) as string));
  return (usual ?? lists[0])?.join('.') ?? '@';
}

function listsIn(value: Json, path: readonly string[]): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || path.length >= DEEPEST)
    return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    Array.isArray(inner) ? [[...path, key]] : listsIn(inner, [...path, key]),
  );
}
