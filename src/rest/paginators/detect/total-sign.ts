import { isObject } from '../../../../operators/json/is-object.js';
import { pathOf } from '../../../../operators/json/paths.js';
import type { Json, JsonObject } from '../../../../operators/types.js';
import type { PageSigns } from '../paginator.js';
import { COUNT_LIMIT, statedCount } from '../stated-count.js';
import { type Member, parentName, plainName, TOTALS } from './members.js';

/**
 * The number of rows that a response states for its list. A number that is a guess or a lower bound
 * is an estimate: `relation: gte`, a flag or name that says so, `1,000+`, and exactly 10,000.
 *
 * `count` is as often the rows of the page as of the list, so it counts only above the rows of the
 * page: beside a link to the next page (Django REST framework) as it is, else as a vague one, since
 * it may be the number of rows that was requested.
 */
export function totalSign(members: readonly Member[], rows: number): PageSigns['total'] {
  const [total] = members
    .flatMap((member) => {
      const rank = rankOf(member, rows);
      const stated = rank === null ? null : statedTotal(member.value);
      return stated === null ? [] : [{ member, rank: rank as number, ...stated }];
    })
    .toSorted((a, b) => a.rank - b.rank);
  if (total === undefined) return null;
  const { member, stated, isGuess } = total;
  return {
    rows: stated,
    isEstimate:
      isGuess ||
      stated === COUNT_LIMIT ||
      total.rank === ESTIMATED ||
      isCalledEstimate(member.within),
    ...(total.rank === VAGUE && { isVague: true }),
    what: `\`${pathOf(member.keys)}\``,
  };
}

const ESTIMATED = 2;
const VAGUE = 3;

/** Which total counts where there are several; null for what is none. */
function rankOf(member: Member, rows: number): number | null {
  const { key, name, within, value } = member;
  if (TOTALS.has(name)) {
    if (name === 'total' && /^pages?$/.test(parentName(member)) && 'totalPages' in within)
      return null;
    if (name === 'total' && parentName(member) === 'pages') return null;
    // DataTables counts all records beside those of the search.
    return name === 'recordstotal' ? 1 : 0;
  }
  if (ESTIMATED_TOTAL.test(name) && typeof value !== 'boolean') return ESTIMATED;
  if (key === '__count') return 0;
  const names = Object.keys(within).map(plainName);
  if (name === 'found' && names.includes('outof')) return 0;
  // Bitbucket calls the page size `pagelen`, and the number of all rows `size`.
  if (name === 'size' && names.includes('pagelen')) return 0;
  const isLinked = names.some((one) => /^next((page)?(link|url|uri|href))?$/.test(one));
  if (!COUNTS.test(name) || (statedCount(value) ?? 0) <= rows) return null;
  return isLinked && name === 'count' ? 1 : VAGUE;
}

const COUNTS =
  /^(count|(item|record|result|row|entry|element|object)s?count|num(items|records|results|rows))$/;

const ESTIMATED_TOTAL =
  /^(estimated|approximate|approx)(total|count|size)(hits|count|results|rows|records|items)?$|^(total|count|resultsize|totalcount|totalresults|totalhits|totalmatches)(estimate|estimated|approximate|approx)$/;

/** A number, a text of one, or an object with one (`{ value: 10000, relation: 'gte' }`). */
function statedTotal(value: Json): { stated: number; isGuess: boolean } | null {
  if (isObject(value)) {
    // XML printed as JSON has a text under one of the last two.
    const inner = value['value'] ?? value['count'] ?? value['$t'] ?? value['#text'];
    const stated = isObject(inner) || inner === undefined ? null : statedTotal(inner);
    return stated && { ...stated, isGuess: stated.isGuess || isCalledEstimate(value) };
  }
  const text = typeof value === 'string' ? NUMBER_TEXT.exec(value) : null;
  const stated = statedCount(text === null ? value : (text[2] as string).replaceAll(',', ''));
  if (stated === null || !Number.isInteger(stated)) return null;
  return { stated, isGuess: text !== null && `${text[1]}${text[3]}` !== '' };
}

const NUMBER_TEXT = /^\s*([~≈>≥]?)=?\s*(\d{1,3}(?:,\d{3})+|\d+)\s*(\+?)\s*$/;

/** A member beside a total says that it is no exact one. */
function isCalledEstimate(within: JsonObject): boolean {
  return Object.entries(within).some(([key, value]) => {
    const name = plainName(key);
    if (name.endsWith('relation') && typeof value === 'string')
      return /^(gte?|>=?|atleast|lowerbound|greaterthan(orequal)?(to)?)$/i.test(
        value.replaceAll(/[_\s-]/g, ''),
      );
    if (/estimat|approx/.test(name)) return value === true;
    return /^((is)?(total|count|totalcount)(is)?exact|exact(total|count)|exhaustivenbhits)$/.test(
      name,
    )
      ? value === false
      : false;
  });
}
