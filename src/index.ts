export type { FetchLike } from './rest/http/transport/own-fetch.js';

export * from '../operators/errors.js';
export type * from '../operators/types.js';
export { configureSettings, type SettingsOptions } from './settings/configure-settings.js';
export type { SettingKinds } from './settings/parse-setting.js';
export type { SettingsProvider } from './settings/provider.js';
export { secret } from './settings/secret.js';
export { setting } from './settings/setting.js';
export type {
  Capabilities,
  DatasetReader,
  Destination,
  ReadRow,
  Session,
} from './destination/destination.js';
export { DuckDBInstance } from './destination/duckdb/lazy-instance.js';
export { duckdb, type DuckdbConfig } from './destination/duckdb/duckdb.js';
export type { DuckdbDestination } from './destination/duckdb/engine-destination.js';
export { ducklake, type DucklakeConfig } from './destination/duckdb/ducklake/ducklake.js';
export { files, type FilesConfig } from './destination/duckdb/files/files.js';
export { destinationFrom } from './destinations/destination-from.js';
export type { MotherduckAddress } from './destination/duckdb/motherduck/address-parts.js';
export { motherduck, type MotherduckConfig } from './destination/duckdb/motherduck/motherduck.js';
export type { PostgresAddress } from './destination/duckdb/postgres/address-parts.js';
export type { AzureConfig } from './destination/duckdb/files/azure-place.js';
export type { GcsConfig } from './destination/duckdb/files/gcs-place.js';
export { type S3Config } from './destination/duckdb/files/s3-place.js';
export { postgres, type PostgresConfig } from './destination/duckdb/postgres/postgres.js';
export type {
  BatchMessage,
  CompletenessRow,
  CursorState,
  Documents,
  IncrementalState,
  KeptState,
  Known,
  LoadProgress,
  LoadSpec,
  Outcome,
  PipelineState,
  Refresh,
  ResourceState,
  ResumeSpec,
  RootTable,
  SourceState,
  StoppedLoad,
  UnfinishedLoad,
} from './destination/messages.js';
export type { DltSchema } from '../operators/schema/dlt-schema.js';
export type { DltColumn, DltTable } from '../operators/schema/dlt-table.js';
export type { DltHints, DltType } from '../operators/schema/dlt-tables.js';
export type { Completeness, Verdict } from './run/completeness.js';
export { load } from './destination/load.js';
export type { CommitConfig, LoadConfig, LoadNotice } from './destination/load-config.js';
export { batchRows } from './destination/batch-rows.js';
export { loadStep } from './destination/load-step.js';
export { recordBatchOf } from './destination/record-batch-of.js';
export { withCursors } from './destination/with-cursors.js';
export * from './errors.js';
export type { RowsInput } from './run/row-pages.js';
export type { Columns, RowSchema } from './run/column-schema.js';
export type { JsonSchema } from './run/json-schema.js';
export type { RowsConfig } from './run/rows-source.js';
export { Gate } from './run/gate.js';
export type { ProcessingStep } from '../operators/process-rows.js';
export * from './run/source.js';
export { readSchema } from './run/read-schema.js';
export { withSchema } from './run/with-schema.js';
export type { Discarded, LoadInfo, ResourceInfo, ResumedInfo } from './run/load-info.js';
export { type Dataset, dataset, type TableOptions } from './dataset/dataset.js';
export type { AnyTables, Joined, Relation } from './dataset/relation.js';
export type { SchemaColumn, SchemaDocument, SchemaTable } from './dataset/schema-types.js';
export type { LoadFilter } from './dataset/relation-plan.js';
export type {
  BlockColumn,
  BlockType,
  BufferBlock,
  QueryCursor,
  ResultColumn,
  ValueBlock,
} from './destination/column-block.js';
export type { ColumnStructure, TableStructure } from './destination/table-structure.js';
export { pipeline, type Pipeline } from './run/pipeline.js';
export type { DropOptions, PipelineConfig, RunOptions } from './run/pipeline-config.js';
export type { ResumeOption } from './run/resume-spec.js';
export { apiKey } from './rest/auth/api-key.js';
export type {
  ApiKeyConfig,
  AuthConfig,
  AuthName,
  BasicConfig,
  BearerConfig,
  LoginConfig,
  OAuth2ClientCredentialsConfig,
  OAuth2Config,
  OAuth2PasswordConfig,
  OAuth2RefreshTokenConfig,
  SessionTokenConfig,
} from './rest/auth/auth-config.js';
export type { Auth, AuthRequest } from './rest/auth/auth.js';
export { type AuthLike, authOf } from './rest/auth/auth-of.js';
export { basic } from './rest/auth/basic.js';
export { bearer } from './rest/auth/bearer.js';
export { customAuth, type AuthFunction } from './rest/auth/custom-auth.js';
export { header } from './rest/auth/header.js';
export { oauth2ClientCredentials } from './rest/auth/oauth2-client-credentials.js';
export { oauth2Password } from './rest/auth/oauth2-password.js';
export { oauth2RefreshToken } from './rest/auth/oauth2-refresh-token.js';
export { sessionToken } from './rest/auth/session-token.js';
export { endpoint, type EndpointConfig } from './rest/endpoint.js';
export {
  type Client,
  type ClientConfig,
  httpClient,
  type SendOptions,
} from './rest/http/http-client.js';
export { cursor } from './rest/paginators/cursor.js';
export type { PaginatorFunction } from './rest/paginators/custom.js';
export { headerCursor } from './rest/paginators/header-cursor.js';
export { headerLink } from './rest/paginators/header-link.js';
export { jsonLink } from './rest/paginators/json-link.js';
export { offset } from './rest/paginators/offset.js';
export { pageNumber } from './rest/paginators/page-number.js';
export type * from './rest/paginators/paginator-config.js';
export type { PaginatorLike } from './rest/paginators/paginator-of.js';
export type {
  Declared,
  EndReason,
  Ending,
  PageFacts,
  PageSigns,
  Paginator,
  RequestChange,
} from './rest/paginators/paginator.js';
export { single } from './rest/paginators/single.js';
export type { Format } from './rest/pages/rows/formats.js';
export type { IncrementalConfig } from './rest/pages/incremental.js';
export type { PollConfig } from './rest/pages/poll.js';
export type { RateLimit } from './rest/throttle/rate-limit.js';
export type {
  ActionResponse,
  ResponseAction,
  ResponseHandler,
} from './rest/http/response-actions.js';
export type { RestConfig, RestEndpoint, RestResource } from './rest/config/rest-config.js';
export { type DltSourceOptions, fromDlt } from './rest/dlt/from-dlt.js';
export { isDltConfig } from './rest/dlt/is-dlt-config.js';
export { restSource } from './rest/rest-source.js';
export type { RetryConfig } from './rest/http/sending/retry.js';
export type { SaveConfig } from './rest/http/body/save-body.js';
export type { Query, QueryValue } from './rest/http/url.js';
export type { WindowConfig } from './rest/pages/windows.js';
export type { NextRun } from './run/next-run.js';
export type { RunEvent } from './run/run-event.js';
export type {
  PageRef,
  RequestTrace,
  ResourceTrace,
  RunFailure,
  RunTrace,
} from './run/run-trace.js';
export type { TraceMessage } from './run/trace.js';
export { traceOf } from './run/trace-of.js';
export type {
  CommitMessage,
  PageMessage,
  PageTracing,
  RequestMessage,
  RunMessage,
  RunTracing,
} from './run/tracing.js';
