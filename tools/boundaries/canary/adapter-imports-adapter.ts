import { startEmbeddedPostgres } from '@keywarden/embedded-postgres';

export const start = startEmbeddedPostgres;
