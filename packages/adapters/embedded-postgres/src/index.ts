export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './errors';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './start-embedded-postgres';
