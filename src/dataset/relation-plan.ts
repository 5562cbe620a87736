/** Rows of which loads: those of all complete ones, or those of the loads with these ids. */
export type LoadFilter = 'complete' | readonly string[];

/** What a relation is made of: a table, and the steps that were called, in their order. */
export interface RelationPlan {
  table: string;
  loads: LoadFilter | null;
  steps: readonly RelationStep[];
}

export type RelationStep =
  | { kind: 'select'; columns: readonly string[] }
  | { kind: 'where'; condition: string; parameters: readonly unknown[] }
  | { kind: 'orderBy'; column: string; direction: 'asc' | 'desc' }
  | { kind: 'limit'; count: number; offset: number }
  | { kind: 'join'; other: RelationPlan; how: 'inner' | 'left' };
