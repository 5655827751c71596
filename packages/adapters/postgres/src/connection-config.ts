import { type ClientConfig, types } from 'pg';
import type { FullSettings } from './settings';

const int8 = 20;

/** Every bigint we store is exact as a number: instants, within ±8.64e15. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  return oid === int8 ? Number : (types.getTypeParser(oid, format as 'text') as (text: string) => unknown);
}

/**
 * What all our connections have in common.
 *
 * @param timeoutMs for one statement; the server ends it then, and we stop waiting for the server a little later
 */
export function connectionConfig(settings: FullSettings, timeoutMs: number): ClientConfig {
  return {
    connectionString: settings.url,
    application_name: settings.applicationName,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + 1_000,
    idle_in_transaction_session_timeout: timeoutMs + 1_000,
    keepAlive: true,
    types: { getTypeParser: getTypeParser as typeof types.getTypeParser },
  };
}
