import type { AuditTrail } from '@keywarden/audit';
import { policyAuthoriser } from '@keywarden/authorization';
import type { Configuration } from '@keywarden/config';
import { CredentialDirectory } from '@keywarden/identity-service';
import { KeyDirectory, KeyDoor, StoredEvidence } from '@keywarden/key-service';
import {
  NodeExternalKeyEncryption,
  NodeGrantTokens,
  NodeSecretWrapping,
  UnwrappedMaterials,
} from '@keywarden/node-crypto';
import { type Foundation, cacheAgeMs, systemClock } from '@keywarden/runtime';
import { SigV4Verifier } from '@keywarden/sigv4';
import { type Logger, errorFields } from '@keywarden/telemetry';
import { xksSigningName } from '@keywarden/xks-protocol';
import { XksPipeline, xksHandlers } from '@keywarden/xks-proxy-protocol';
import { ExternalKeys, XksIdentities, xksSecrets } from '@keywarden/xks-service';
import { requestLog } from './request-log';
import { proxyHealth } from './proxy-health';

const credentialsHeld = 10_000;
const grantsHeld = 10_000;

/** The whole graph of a proxy over one foundation. */
export function composePipeline(
  configuration: Configuration,
  foundation: Foundation,
  audit: AuditTrail,
  logger: Logger,
): XksPipeline {
  const { store, domainKeys } = foundation;
  const { keyCacheSize, regions } = configuration;
  const materials = new UnwrappedMaterials(domainKeys, { cache: { maxEntries: keyCacheSize, maxAgeMs: cacheAgeMs } });
  const held = { capacity: keyCacheSize, maxAgeMs: cacheAgeMs };
  const directory = new KeyDirectory(store.keys, store.aliases, store.feed, materials, systemClock, held);
  const evidence = new StoredEvidence(store.grants, new NodeGrantTokens(domainKeys), store.aliases, grantsHeld);
  const door = new KeyDoor(directory, policyAuthoriser(), undefined, evidence);
  const credentials = new CredentialDirectory(
    new XksIdentities(store.identity, store.xksStores),
    xksSecrets(new NodeSecretWrapping(domainKeys)),
    store.feed,
    systemClock,
    { capacity: credentialsHeld, maxAgeMs: cacheAgeMs },
    undefined,
    { principals: store.principals, homeRegion: regions[0] },
  );
  return new XksPipeline({
    stores: store.xksStores,
    verifier: new SigV4Verifier({
      credentials,
      // The Region of a signature is the one of the KMS elsewhere.
      regions: { has: () => true },
      services: new Set([xksSigningName]),
    }),
    handlers: xksHandlers(
      new ExternalKeys(door, new NodeExternalKeyEncryption(materials, systemClock)),
      proxyHealth(configuration, {
        listening: () => store.feed.live,
        // One row by its key: no more than any request reads.
        reachable: () => store.xksStores.find('/kms/xks/v1'),
      }),
    ),
    clock: systemClock,
    audit,
    observe: requestLog(foundation.metrics, logger),
    logFault: (requestId, operation, fault) => logger.error({ requestId, operation, ...errorFields(fault) }, 'fault'),
  });
}
