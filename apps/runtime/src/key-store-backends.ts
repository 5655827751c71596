import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import {
  type ClientCertificateFiles,
  type Configuration,
  type KeyStoreSettings,
  noKeyStores,
  parseKeyStoresFile,
} from '@keywarden/config';
import type { KeyStoreBackends, ProxyHealth } from '@keywarden/custom-key-stores';
import { HsmBackend, type TokenCluster, pkcs11Library } from '@keywarden/pkcs11';
import type { Logger } from '@keywarden/telemetry';
import { type ClientCertificate, type EndpointService, XksBackend } from '@keywarden/xks-client';
import type { Store } from './foundation';
import { StartupError, startupStep } from './startup-error';
import { systemClock } from './system-clock';

/** The ways to custom key stores, and their end. */
export interface OpenedKeyStores {
  readonly backends: KeyStoreBackends;
  /** Asks XKS proxies how they are. */
  readonly proxies: ProxyHealth;
  /** How often each of them is to be asked. */
  readonly healthCheckMs: number;
  close(): Promise<void>;
}

const setting = 'KEYWARDEN_KEY_STORES_FILE';

/**
 * Without a settings file there are no clusters and no private proxies, and external key stores at public endpoints work.
 *
 * @throws StartupError with one line when the file, or one it names, cannot be used
 */
export async function openKeyStores(
  { keyStoresFile }: Configuration,
  { ivFields }: Pick<Store, 'ivFields'>,
  logger: Logger,
): Promise<OpenedKeyStores> {
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
  const hsm = new HsmBackend({ clusters, ivFields });
  const { caFile, allowPrivateAddresses, timeoutMs, healthCheckSeconds, clientCertificate } = settings.xks;
  const extraAuthorities = caFile === undefined ? undefined : await readPem('xks.caFile', caFile);
  const xks = new XksBackend({
    clock: systemClock,
    endpointServices: await readEndpointServices(settings),
    allowPrivateAddresses,
    timeoutMs,
    ...(extraAuthorities !== undefined && { extraAuthorities }),
    ...(await readClientCertificate('xks', clientCertificate)),
  });
  return {
    backends: { AWS_CLOUDHSM: hsm, EXTERNAL_KEY_STORE: xks },
    proxies: xks,
    healthCheckMs: healthCheckSeconds * 1_000,
    close: () => hsm.close(),
  };
}

async function readClusters({ clusters }: KeyStoreSettings): Promise<ReadonlyMap<string, TokenCluster>> {
  const read = new Map<string, TokenCluster>();
  for (const [id, { trustAnchorFile, ...cluster }] of Object.entries(clusters)) {
    read.set(id, { ...cluster, trustAnchor: await readPem(`clusters.${id}.trustAnchorFile`, trustAnchorFile) });
  }
  return read;
}

async function readEndpointServices({
  vpcEndpointServices,
}: KeyStoreSettings): Promise<ReadonlyMap<string, EndpointService>> {
  const read = new Map<string, EndpointService>();
  for (const [name, { clientCertificate, ...place }] of Object.entries(vpcEndpointServices)) {
    const shown = await readClientCertificate(`vpcEndpointServices.${name}`, clientCertificate);
    read.set(name, { ...place, ...shown });
  }
  return read;
}

/** @throws StartupError also when the two files hold no usable pair */
async function readClientCertificate(
  of: string,
  files: ClientCertificateFiles | undefined,
): Promise<{ readonly clientCertificate?: ClientCertificate }> {
  if (files === undefined) return {};
  const member = `${of}.clientCertificate`;
  const cert = await readPem(`${member}.certFile`, files.certFile);
  const key = await readPem(`${member}.keyFile`, files.keyFile);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw new StartupError(`${setting}: ${member} names no usable pair of certificate and key`, { cause });
  }
  return { clientCertificate: { cert, key } };
}

function readPem(member: string, path: string): Promise<string> {
  return startupStep(`${setting}: ${member} ${path} cannot be read`, () => readFile(path, 'utf8'));
}
