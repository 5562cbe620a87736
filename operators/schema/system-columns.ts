/** Names of sluice's own columns, as dlt's schema documents list them: none may be null. */
export const SYSTEM_COLUMNS: readonly string[] = [
  '_dlt_id',
  '_dlt_root_id',
  '_dlt_parent_id',
  '_dlt_list_idx',
  '_dlt_load_id',
];

/** Numbers the rows of staging tables, in which a key of this name would have no place. */
export const ROW_NUMBER = '_sluice_row';
