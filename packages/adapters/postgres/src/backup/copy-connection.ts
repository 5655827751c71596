import { Client } from 'pg';
import { connectionConfig } from '../connection-config';
import { type PostgresSettings, fullSettings } from '../settings';

/** Milliseconds for one table; the server ends it then. */
const copyTimeoutMs = 3_600_000;

/** A connection for COPY. No timer of the driver runs for it: one would outlive each stream by its whole time. */
export function copyConnection(given: PostgresSettings): Client {
  const client = new Client({ ...connectionConfig(fullSettings(given), copyTimeoutMs), query_timeout: undefined });
  client.on('error', () => undefined);
  return client;
}
