export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './errors';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './start-embedded-postgres';
export { type JoinedPostgres, joinEmbeddedPostgres } from './join-embedded-postgres';
