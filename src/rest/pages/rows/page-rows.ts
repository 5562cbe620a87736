import { SelectError } from '../../../../operators/errors.js';
import { findRows, type FoundRows } from '../../../../operators/json/find-rows.js';
import { locate } from '../../../../operators/json/locate.js';
import { NO_ROWS } from '../../../../operators/json/no-rows.js';
import { parseJson } from '../../../../operators/json/parse-json.js';
import type { Span } from '../../../../operators/types.js';
import { pageSigns } from '../../paginators/detect/page-signs.js';
import type { ListRequest } from '../list.js';
import { didYouMeanPath, namesIn } from '../path-watch.js';
import type { ListLengths } from './data-selector.js';
import { cutListIn } from './nested-lists.js';
import { meansNoMoreRows, meansNoRows, withoutNothing } from './no-rows.js';
import type { RowPlaces } from './row-places.js';

/** The rows of a response. */
export interface PageRows extends Omit<FoundRows, 'gathered'> {
  /** What a list within a row says of more than it holds (`cutListIn`). @default null */
  cut?: string | null;
  /** The selector with wildcards that gathered them. @default they lie in the document */
  gatheredBy?: string;
  /** Nothing was at the selector, which counts as no rows behind the first page. */
  isMissing: boolean;
  /** The notice for a page without the expected list; null where there is none to report. */
  notice: string | null;
}

type Selection = Pick<
  ListRequest,
  'dataSelector' | 'mayBeMissing' | 'rows' | 'key' | 'format' | 'limits'
>;

/**
 * Finds the rows of a response. What services write where they have no rows is none: `{}`, `""`,
 * `false`, `null`, `[null]`, at the selector or as the whole body, and behind the first page also a
 * body that lacks the list and reports no error.
 *
 * @param paths of values to read on the way
 * @param lengths of lists of which the document has only the first elements. @default it has all
 *
 * Errors: SelectError where nothing is at the selector, or something that cannot be rows;
 * JsonError.
 */
export function pageRows(
  document: Uint8Array,
  { dataSelector, mayBeMissing, rows, key, format, limits }: Selection,
  {
    places,
    index,
    paths,
    lengths,
  }: { places: RowPlaces; index: number; paths: readonly string[]; lengths?: ListLengths },
): PageRows {
  const isGuessed = dataSelector === null;
  if (isGuessed && meansNoRows(document)) return noRows(document, paths, limits);
  const guessed = isGuessed && format === 'json' ? places.of(document, lengths) : '@';
  const selectors = dataSelector ?? (guessed === null ? [] : [guessed]);
  if (selectors.length === 0) return noRows(document, paths, limits);
  try {
    const found = findRows(document, {
      selectors,
      paths,
      rows,
      limits,
      ...(key !== null && { key }),
    });
    const { start, end } = found.span;
    const isNoMore = index > 0 && meansNoMoreRows(found.body.subarray(start, end));
    const span = isNoMore ? NO_ROWS : withoutNothing(found.body, found.span);
    refuseScalar(found.body, span, selectors);
    const { body, values, beside, gathered } = found;
    const cut = gathered === undefined ? null : cutListIn(gathered);
    return {
      body,
      values,
      ...(beside !== undefined && { beside }),
      ...(gathered !== undefined && { gatheredBy: gathered.selector }),
      span,
      cut,
      isMissing: false,
      notice: null,
    };
  } catch (error) {
    if (!(error instanceof SelectError)) throw error;
    if (isGuessed && places.isEmpty(document))
      return { ...noRows(document, paths, limits), isMissing: index > 0 };
    const notice = `${error.message} It counts as no rows.`;
    if (meansNoRows(document))
      return { ...noRows(document, paths, limits), notice: index === 0 ? notice : null };
    if (isNothingAt(document, selectors, limits)) return noRows(document, paths, limits);
    const isMissing = isMissingAt(document, selectors, limits);
    if (mayBeMissing && isMissing)
      return { ...noRows(document, paths, limits), notice: index === 0 ? notice : null };
    const whole = parseJson(document);
    const { fault } = pageSigns(whole, [], 0);
    // A list without its envelope has rows, which must not pass for the end.
    const isEmpty = !Array.isArray(whole) && places.isEmpty(document);
    if (index === 0 || !isMissing || !isEmpty || fault !== null)
      throw isMissing ? withReason(error, document, { selectors, fault }) : error;
    return { ...noRows(document, paths, limits), isMissing, notice };
  }
}

/** The page of a response without a body. */
export function emptyPage(): PageRows & { document: Uint8Array } {
  const document = new TextEncoder().encode('null');
  return { document, body: document, span: NO_ROWS, values: [], isMissing: false, notice: null };
}

/**
 * The error that nothing is at the selectors, with what the response reports as failed, else with
 * the nearest path that is there, and the option for responses that have no rows.
 */
function withReason(
  error: SelectError,
  body: Uint8Array,
  { selectors, fault }: { selectors: readonly string[]; fault: string | null },
): SelectError {
  if (fault !== null)
    return new SelectError(`${error.message} The response reports an error: ${fault}.`, {
      cause: error,
    });
  const names = namesIn(body);
  const hint = selectors
    .map((selector) => didYouMeanPath(selector, names))
    .find((one) => one !== '');
  return new SelectError(`${error.message}${hint ?? ''}${MAY_BE_MISSING}`, { cause: error });
}

const MAY_BE_MISSING =
  ' If a response without it has no rows, set `mayBeMissing: true` on the endpoint.';

function noRows(body: Uint8Array, paths: readonly string[], limits: Selection['limits']): PageRows {
  const { values } = locate(body, { selectors: ['@'], paths, limits });
  return { body, values, span: NO_ROWS, isMissing: false, notice: null };
}

/** What is at the selectors means no rows, though it has not the shape of rows. */
function isNothingAt(
  body: Uint8Array,
  selectors: readonly string[],
  limits: Selection['limits'],
): boolean {
  const plain = selectors.filter((selector) => !selector.includes('*'));
  if (plain.length === 0 || isMissingAt(body, plain, limits)) return false;
  const { start, end } = locate(body, { selectors: plain, limits }).span;
  return meansNoRows(body.subarray(start, end));
}

function isMissingAt(
  body: Uint8Array,
  selectors: readonly string[],
  limits: Selection['limits'],
): boolean {
  try {
    findRows(body, { selectors, limits });
    return false;
  } catch (error) {
    if (!(error instanceof SelectError)) throw error;
    return true;
  }
}

/**
 * SelectError where text, a number or a flag is in the place of rows: some services say there that
 * they are closed.
 */
function refuseScalar(
  body: Uint8Array,
  { kind, start, end }: Span,
  selectors: readonly string[],
): void {
  if (kind !== 'value' || body[start] === OPEN_BRACE || selectors.includes('@')) return;
  const found = new TextDecoder().decode(body.subarray(start, Math.min(end, start + 200)));
  throw new SelectError(
    `\`${selectors.join('` or `')}\` must lead to rows and leads to ${found}. Correct \`dataSelector\`, or name such responses in \`responseActions\`.`,
  );
}

const OPEN_BRACE = 0x7b;
