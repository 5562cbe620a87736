import { missingTable } from '../destination/missing-table.js';
import { identifier } from '../destination/sql/identifier.js';
import { ConfigError } from '../errors.js';
import { loadCondition } from './load-condition.js';
import { columnOf, printed, type QueryLevel, wrapped } from './query-level.js';
import type { RelationPlan, RelationStep } from './relation-plan.js';
import { renumber } from './renumber.js';
import { type Link, linksBetween, type Structures } from './table-chain.js';

/** A query with its parameters. */
export interface RelationQuery {
  sql: string;
  parameters: readonly unknown[];
}

/**
 * The query that a relation runs.
 *
 * Errors: LoadError for a table that the dataset lacks; ConfigError for a column that the rows
 * lack, a table that cannot be joined, and conditions whose parameters do not fit.
 */
export function relationSql(plan: RelationPlan, tables: Structures): RelationQuery {
  const parameters: unknown[] = [];
  const { level, selected } = built(plan, tables, parameters);
  return { sql: printed(level, selected), parameters };
}

interface Built {
  level: QueryLevel;
  /** Names of the columns of the rows, in their order. */
  selected: readonly string[];
}

function built(plan: RelationPlan, tables: Structures, parameters: unknown[]): Built {
  let level = tableLevel(plan, tables, parameters);
  let selected: readonly string[] = level.outputs.map(({ name }) => name);
  for (const step of plan.steps) {
    if (step.kind === 'select') {
      for (const column of step.columns) columnOf(level, column);
      selected = step.columns;
      continue;
    }
    if (needsLevel(level, step)) level = wrapped(level, plan.table);
    switch (step.kind) {
      case 'where':
        level = { ...level, where: [...level.where, condition(step, parameters)] };
        break;
      case 'orderBy': {
        const { column, direction } = step;
        columnOf(level, column);
        level = { ...level, order: [...level.order, { column, direction }] };
        break;
      }
      case 'limit': {
        level = { ...level, limit: limit(step) };
        break;
      }
      case 'join': {
        const before = selected;
        const added = joined(level, plan.table, step, tables, parameters);
        level = added.level;
        selected = [...before, ...added.selected];
        break;
      }
      default:
        step satisfies never;
    }
  }
  return { level, selected };
}

function needsLevel(
  { tables, where, order, limit, hasJoin }: QueryLevel,
  step: RelationStep,
): boolean {
  if (limit !== null) return true;
  // A table that an earlier join only went through is joined anew.
  if (step.kind === 'join')
    return where.length > 0 || order.length > 0 || (hasJoin && tables.has(step.other.table));
  return step.kind === 'where' && hasJoin;
}

function tableLevel(
  { table, loads }: RelationPlan,
  tables: Structures,
  parameters: unknown[],
): QueryLevel {
  const structure = tables.get(table);
  if (structure === undefined) throw missingTable(table, tables.keys());
  return {
    from: identifier(table),
    outputs: structure.columns.map(({ name }) => ({ name, sql: identifier(name) })),
    tables: new Map([[table, (column) => identifier(table, column)]]),
    prefixes: new Map([[table, '']]),
    hasJoin: false,
    where: loads === null ? [] : [loadCondition(table, loads, tables, parameters)],
    order: [],
    carried: [],
    limit: null,
  };
}

function condition(
  { condition: text, parameters: own }: Extract<RelationStep, { kind: 'where' }>,
  parameters: unknown[],
): string {
  const numbered = renumber(text, own.length, parameters.length);
  parameters.push(...own);
  // A comment at its end must not take the bracket in.
  return `(${numbered}${text.includes('--') ? '\n' : ''})`;
}

/** An endless count limits nothing. */
function limit({ count, offset }: Extract<RelationStep, { kind: 'limit' }>): string {
  return [
    ...(Number.isFinite(count) ? [`LIMIT ${count}`] : []),
    ...(offset > 0 || !Number.isFinite(count) ? [`OFFSET ${offset}`] : []),
  ].join(' ');
}

/** The level with another table, by the rows' parents; names of its columns begin with its own. */
function joined(
  level: QueryLevel,
  first: string,
  { other, how }: Extract<RelationStep, { kind: 'join' }>,
  tables: Structures,
  parameters: unknown[],
): Built {
  const { table } = other;
  if (level.prefixes.has(table))
    throw new ConfigError(`Table \`${table}\` is in the relation already. Join each table once.`);
  const added = built(other, tables, parameters);
  const links = linksBetween([...level.tables.keys()], table, tables);
  if (links === null)
    throw new ConfigError(
      `Table \`${table}\` cannot be joined to \`${first}\`: neither holds the children of the other. Use query() for other joins.`,
    );
  const refs = new Map(level.tables);
  const names = added.level.outputs.map(({ name }) => name);
  const source =
    added.level.from === identifier(table) && isPlain(added.level)
      ? identifier(table)
      : `(\n${printed(added.level, names)}\n) AS ${identifier(table)}`;
  let { from } = level;
  for (const link of links) {
    const next = refs.has(link.parent) ? link.child : link.parent;
    // A table on the way, which an earlier join has brought.
    if (refs.has(next)) continue;
    refs.set(next, (column) => identifier(next, column));
    from += `\n${how === 'left' ? 'LEFT JOIN' : 'JOIN'} ${next === table ? source : identifier(next)} ON ${on(link, refs)}`;
  }
  const prefix = `${table}__`;
  const twice = level.outputs.find(({ name }) => names.some((own) => name === `${prefix}${own}`));
  if (twice !== undefined)
    throw new ConfigError(
      `Table \`${table}\` cannot be joined: its columns are named behind it, and the rows have a column \`${twice.name}\` already. Use query() for this join.`,
    );
  const firsts = level.hasJoin
    ? level.outputs
    : level.outputs.map(({ name }) => ({ name, sql: identifier(first, name) }));
  return {
    level: {
      ...level,
      from,
      outputs: [
        ...firsts,
        ...names.map((name) => ({ name: `${prefix}${name}`, sql: identifier(table, name) })),
      ],
      tables: refs,
      prefixes: new Map([...level.prefixes, [table, prefix]]),
      hasJoin: true,
      carried: [
        ...level.carried,
        // Children of one row in the order of their list, where rows have an order at all.
        ...(level.carried.length > 0 && names.includes('_dlt_list_idx')
          ? [{ column: `${prefix}_dlt_list_idx`, direction: 'asc' } as const]
          : []),
      ],
    },
    selected: added.selected.map((name) => `${prefix}${name}`),
  };
}

function isPlain({ where, order, limit }: QueryLevel): boolean {
  return where.length === 0 && order.length === 0 && limit === null;
}

function on({ child, parent }: Link, refs: QueryLevel['tables']): string {
  const column = (table: string, name: string): string =>
    refs.get(table)?.(name) ?? identifier(name);
  return `${column(child, '_dlt_parent_id')} = ${column(parent, '_dlt_id')}`;
}
