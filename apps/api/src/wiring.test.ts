import 'reflect-metadata';
import { readConfiguration } from '@keywarden/config';
import { openInMemory } from '@keywarden/in-memory';
import { DomainKeys, NodeSecretWrapping, openAuditKeys } from '@keywarden/node-crypto';
import { InMemoryProviders, inMemoryRootKeys } from '@keywarden/crypto/testing';
import { RootKeyring } from '@keywarden/root-keys';
import { type Foundation, nodeTimers, openKeyStores, systemClock } from '@keywarden/runtime';
import { Metrics, noTracing, silentLogger } from '@keywarden/telemetry';
import { operationShapes } from '@keywarden/kms-protocol';
import { RecordSinks } from '@keywarden/audit-service';
import { InMemoryAuditIndex } from '@keywarden/audit-reading';
import { InMemoryXksStores } from '@keywarden/xks-service';
import { InMemoryKeyUsage } from '@keywarden/key-service';
import { apiContainer } from './container';
import { tokens } from './tokens';

describe('the graph of an API node', () => {
  it('can be built on memory, with a handler for each operation', async () => {
    const xksStores = new InMemoryXksStores(() => undefined);
    const store = {
      ...openInMemory(),
      keyUsage: new InMemoryKeyUsage(10),
      xksStores,
      auditIndex: new InMemoryAuditIndex([]),
    };
    const provider = await new InMemoryProviders().provider('file', 'test', true).create();
    const rootKeys = new RootKeyring(store.rootKeys, provider, inMemoryRootKeys);
    const domainKeys = new DomainKeys(rootKeys, store.domainKeys);
    const home = readConfiguration({}).regions[0];
    const foundation: Foundation = {
      store,
      rootKeys,
      domainKeys,
      auditKeys: await openAuditKeys(store.signingKeys, new NodeSecretWrapping(domainKeys), home, systemClock),
      recordSinks: new RecordSinks([], nodeTimers, () => undefined),
      newRootKeyFile: undefined,
      metrics: new Metrics(),
      tracing: noTracing,
      readiness: () => Promise.resolve({ ready: true }),
      close: () => Promise.resolve(),
    };
    const { backends } = await openKeyStores(readConfiguration({}), openInMemory(), silentLogger);
    const container = apiContainer(readConfiguration({}), foundation, silentLogger, backends);
    const built = Object.keys(container.get(tokens.handlers)).sort();
    expect(built).toEqual(Object.keys(operationShapes).sort());
    expect(container.get(tokens.pipeline)).toBeDefined();
    await container.unbindAllAsync();
  });
});
