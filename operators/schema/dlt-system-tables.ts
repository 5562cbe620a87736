import type { DltTable } from './dlt-table.js';

/**
 * The tables in which dlt keeps versions of schemas, loads and states, as they stand in each of its
 * schema documents. The order of columns is that of the tables; dlt 1.31.
 */
export const SYSTEM_TABLES: Readonly<Record<SystemTable, DltTable>> = {
  _dlt_version: {
    name: '_dlt_version',
    columns: {
      version: {
        name: 'version',
        data_type: 'bigint',
        nullable: false,
        description: 'Numeric version of the schema, incremented on each schema change',
      },
      engine_version: {
        name: 'engine_version',
        data_type: 'bigint',
        nullable: false,
        description: 'Version of the dlt schema engine that created this schema',
      },
      inserted_at: {
        name: 'inserted_at',
        data_type: 'timestamp',
        nullable: false,
        description: 'Timestamp when this schema version was stored',
      },
      schema_name: {
        name: 'schema_name',
        data_type: 'text',
        nullable: false,
        description: 'Name of the schema',
      },
      version_hash: {
        name: 'version_hash',
        data_type: 'text',
        nullable: false,
        description: 'Unique hash of the schema content, used to detect changes',
      },
      schema: {
        name: 'schema',
        data_type: 'text',
        nullable: false,
        description: 'JSON representation of the complete schema definition',
      },
    },
    write_disposition: 'skip',
    resource: '_dlt_version',
    description: 'Created by DLT. Tracks schema updates',
  },
  _dlt_loads: {
    name: '_dlt_loads',
    columns: {
      load_id: {
        name: 'load_id',
        data_type: 'text',
        nullable: false,
        precision: 64,
        description: 'Unique identifier of the load operation',
      },
      schema_name: {
        name: 'schema_name',
        data_type: 'text',
        nullable: true,
        description: 'Name of the schema associated with this load',
      },
      status: {
        name: 'status',
        data_type: 'bigint',
        nullable: false,
        description: 'Status of the load operation (0 = success)',
      },
      inserted_at: {
        name: 'inserted_at',
        data_type: 'timestamp',
        nullable: false,
        description: 'Timestamp when the load was completed',
      },
      schema_version_hash: {
        name: 'schema_version_hash',
        data_type: 'text',
        nullable: true,
        description: 'Hash of the schema version used during this load',
      },
    },
    write_disposition: 'skip',
    resource: '_dlt_loads',
    description: 'Created by DLT. Tracks completed loads',
  },
  _dlt_pipeline_state: {
    columns: {
      version: {
        name: 'version',
        data_type: 'bigint',
        nullable: false,
        description: 'Numeric version of the pipeline state',
      },
      engine_version: {
        name: 'engine_version',
        data_type: 'bigint',
        nullable: false,
        description: 'Version of the dlt state engine',
      },
      pipeline_name: {
        name: 'pipeline_name',
        data_type: 'text',
        nullable: false,
        description: 'Name of the pipeline this state belongs to',
      },
      state: {
        name: 'state',
        data_type: 'text',
        nullable: false,
        description: 'Compressed JSON representation of the pipeline state',
      },
      created_at: {
        name: 'created_at',
        data_type: 'timestamp',
        nullable: false,
        description: 'Timestamp when this state was created',
      },
      version_hash: {
        name: 'version_hash',
        data_type: 'text',
        nullable: true,
        description: 'Hash of the state content, used to detect changes',
      },
      _dlt_load_id: {
        name: '_dlt_load_id',
        data_type: 'text',
        nullable: false,
        precision: 64,
        description: 'Load identifier linking this row to its load operation',
      },
      _dlt_id: {
        name: '_dlt_id',
        data_type: 'text',
        nullable: false,
        unique: true,
        row_key: true,
      },
    },
    write_disposition: 'append',
    file_format: 'preferred',
    name: '_dlt_pipeline_state',
    resource: '_dlt_pipeline_state',
    'x-normalizer': {
      'seen-data': true,
    },
  },
};

export type SystemTable = '_dlt_version' | '_dlt_loads' | '_dlt_pipeline_state';
