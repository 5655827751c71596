import { readFile } from 'node:fs/promises';
import type { Configuration } from '@keywarden/config';
import type { ServerTls } from '@keywarden/http-server';
import { startupStep } from './startup-error';

/** Reads what the settings name. @throws StartupError with one line that names setting and file */
export async function readTls({ tls }: Pick<Configuration, 'tls'>): Promise<ServerTls | undefined> {
  if (tls === undefined) return undefined;
  const read = (name: string, path: string): Promise<Buffer> =>
    startupStep(`${name} ${path} cannot be read`, () => readFile(path));
  const { clientCaFile, clientName: commonName } = tls;
  return {
    cert: await read('KEYWARDEN_TLS_CERT_FILE', tls.certFile),
    key: await read('KEYWARDEN_TLS_KEY_FILE', tls.keyFile),
    clients:
      clientCaFile === undefined
        ? undefined
        : { ca: await read('KEYWARDEN_TLS_CLIENT_CA_FILE', clientCaFile), commonName },
  };
}
