import { readFile } from 'node:fs/promises';
import { type Configuration, type KeyStoreSettings, noKeyStores, parseKeyStoresFile } from '@keywarden/config';
import type { KeyStoreBackends } from '@keywarden/custom-key-stores';
import { HsmBackend, type TokenCluster, pkcs11Library } from '@keywarden/pkcs11';
import type { Logger } from '@keywarden/telemetry';
import { XksBackend } from '@keywarden/xks-client';
import { startupStep } from './startup-error';
import { systemClock } from './system-clock';

/** The ways to custom key stores, and their end. */
export interface OpenedKeyStores {
  readonly backends: KeyStoreBackends;
  close(): Promise<void>;
}

const setting = 'KEYWARDEN_KEY_STORES_FILE';

/**
 * Without a settings file there are no clusters and no private proxies, and external key stores at public endpoints work.
 *
 * @throws StartupError with one line when the file, or one it names, cannot be used
 */
export async function openKeyStores({ keyStoresFile }: Configuration, logger: Logger): Promise<OpenedKeyStores> {
  const settings =
    keyStoresFile === undefined
      ? noKeyStores
      : await startupStep(`${setting} ${keyStoresFile} cannot be used`, async () =>
          parseKeyStoresFile(await readFile(keyStoresFile, 'utf8')),
        );
  const clusters = await readClusters(settings);
  if (clusters.size > 0 && pkcs11Library() === undefined) {
    logger.warn(
      { setting },
      'the optional package pkcs11js is not installed: custom key stores in PKCS#11 tokens cannot be made or connected',
    );
  }
  const hsm = new HsmBackend({ clusters });
  const { caFile, allowPrivateAddresses, timeoutMs } = settings.xks;
  const extraAuthorities = caFile === undefined ? undefined : await readPem('xks.caFile', caFile);
  const xks = new XksBackend({
    clock: systemClock,
    endpointServices: new Map(Object.entries(settings.vpcEndpointServices)),
    allowPrivateAddresses,
    timeoutMs,
    ...(extraAuthorities !== undefined && { extraAuthorities }),
  });
  return { backends: { AWS_CLOUDHSM: hsm, EXTERNAL_KEY_STORE: xks }, close: () => hsm.close() };
}

async function readClusters({ clusters }: KeyStoreSettings): Promise<ReadonlyMap<string, TokenCluster>> {
  const read = new Map<string, TokenCluster>();
  for (const [id, { trustAnchorFile, ...cluster }] of Object.entries(clusters)) {
    read.set(id, { ...cluster, trustAnchor: await readPem(`clusters.${id}.trustAnchorFile`, trustAnchorFile) });
  }
  return read;
}

function readPem(member: string, path: string): Promise<string> {
  return startupStep(`${setting}: ${member} ${path} cannot be read`, () => readFile(path, 'utf8'));
}
