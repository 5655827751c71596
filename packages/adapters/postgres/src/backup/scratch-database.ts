import { Client, escapeIdentifier } from 'pg';
import { connectionConfig } from '../connection-config';
import { fullSettings } from '../settings';

const timeoutMs = 60_000;

/** Lends a database of its own on the same server, and removes it after, whatever came of it. */
export async function withScratchDatabase<T>(
  serverUrl: string,
  name: string,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await runAlone(serverUrl, `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE template0`);
  try {
    return await work(url.href);
  } finally {
    await runAlone(serverUrl, `DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
  }
}

async function runAlone(url: string, sql: string): Promise<void> {
  const client = new Client(connectionConfig(fullSettings({ url, applicationName: 'keywarden-drill' }), timeoutMs));
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
