import { startEmbeddedPostgres } from '../../embedded-postgres/src/start-embedded-postgres';

export const start = startEmbeddedPostgres;
