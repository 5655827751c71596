import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Keywarden, startKeywarden } from '@keywarden/harness';
import { expectAllHeld, outcomesOf } from './testing/client-program';
import { KeyStoreWorld, clusterId, password } from './testing/key-store-world';
import { pythonClient } from './testing/python-clients';

const python = pythonClient('python3', '-c', 'import boto3, cryptography');
jest.setTimeout(300_000);

(python === undefined ? describe.skip : describe)('boto3', () => {
  let world: KeyStoreWorld | undefined;
  let service: Keywarden | undefined;
  afterEach(async () => {
    await service?.stop();
    await world?.close();
  });

  it('carries out every operation, with typed answers, exceptions and paginators', async () => {
    world = new KeyStoreWorld();
    service = await startKeywarden({
      environment: { KEYWARDEN_REGIONS: 'us-east-1,eu-west-1', ...(await world.open()) },
    });
    const anchor = join(service.dataDir, 'anchor.pem');
    writeFileSync(anchor, world.trustAnchor);
    const environment = { TRUST_ANCHOR: anchor, CLUSTER: clusterId, CLUSTER_PASSWORD: password };
    expectAllHeld(await outcomesOf(python ?? '', ['boto3_kms.py'], service, environment), [
      'life of a key',
      'aliases tags policies and rotation',
      'encryption and data keys',
      'signatures macs and shared secrets',
      'imported key material',
      'grants',
      'paginators',
      'exceptions of names tags grants and limits',
      'multi region keys',
      'custom key stores',
      'every operation of the model was called',
    ]);
  });

  it('bears being throttled in each of its retry modes', async () => {
    service = await startKeywarden({ environment: { KEYWARDEN_REQUEST_QUOTAS: 'aws' } });
    expectAllHeld(await outcomesOf(python ?? '', ['boto3_retries.py'], service), [
      'without retries throttling is raised',
      'legacy mode waits and gets through',
      'standard mode waits and gets through',
      'adaptive mode slows down and gets through',
    ]);
  });
});
