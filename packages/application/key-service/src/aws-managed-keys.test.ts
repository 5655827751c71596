import { type AliasName, parseAliasName } from '@keywarden/kernel';
import { CountingRandomness, accepted, refused } from '@keywarden/kernel/testing';
import { sameAccountAuthoriser } from '@keywarden/authorization';
import { home } from '@keywarden/keys/testing';
import { parsePolicy } from '@keywarden/policy';
import { AwsManagedKeys } from './aws-managed-keys';
import { KeyDoor } from './key-door';
import { KeyLifecycleHandlers } from './key-lifecycle';
import { KeyReadHandlers } from './key-lists';
import { fakeMaterials } from './testing/fake-materials';
import { operationSuite } from './testing/operation-suite';

const s3 = parseAliasName('alias/aws/s3') as AliasName;

function managedSuite() {
  const suite = operationSuite();
  const { store, directory } = suite;
  const node = (randomness = new CountingRandomness()) =>
    new AwsManagedKeys(store.keys, store.aliases, fakeMaterials, randomness);
  const door = new KeyDoor(directory, sameAccountAuthoriser, node());
  const reads = new KeyReadHandlers(door, sameAccountAuthoriser, store.keys);
  return { ...suite, node, reads };
}

describe('AWS managed keys', () => {
  it('are made when their alias is first described, once', async () => {
    const { reads, context, store } = managedSuite();
    const first = accepted(await reads.describeKey(context(), { keyId: 'alias/aws/s3' })).keyMetadata;
    expect(first).toMatchObject({ keyManager: 'AWS', keyState: 'Enabled', keySpec: 'SYMMETRIC_DEFAULT' });
    const again = accepted(await reads.describeKey(context(), { keyId: 'alias/aws/s3' })).keyMetadata;
    expect(again.keyId).toBe(first.keyId);
    expect(store.rows.size).toBe(1);
    const other = accepted(await reads.describeKey(context(), { keyId: 'alias/aws/ebs' })).keyMetadata;
    expect(other.keyId).not.toBe(first.keyId);
  });

  it('rotate every year, and have a policy that reads', async () => {
    const { reads, context, store, clock } = managedSuite();
    const { keyId: id } = accepted(await reads.describeKey(context(), { keyId: 'alias/aws/s3' })).keyMetadata;
    const key = store.at({ region: home.region, id });
    expect(key.rotation).toEqual({ enabled: true, periodInDays: 365, countedFrom: clock.now() });
    expect(parsePolicy(key.policy, { kind: 'resource', maxBytes: 32_768 }).ok).toBe(true);
    expect(key.policy).toContain(`arn:aws:iam::${home.account}:root`);
    expect(key.policy).not.toContain('kms:Disable');
  });

  it('are not made for unknown services, other names, or by strangers', async () => {
    const { reads, context, stranger, store } = managedSuite();
    for (const keyId of ['alias/aws/unheard-of', 'alias/aws/', 'alias/s3', 'alias/aws/constructor']) {
      expect(refused(await reads.describeKey(context(), { keyId }))).toMatchObject({ code: expect.any(String) });
    }
    const arn = `arn:aws:kms:${home.region}:${home.account}:alias/aws/s3`;
    expect(refused(await reads.describeKey(stranger(), { keyId: arn }))).toMatchObject({ code: 'AccessDenied' });
    expect(store.rows.size).toBe(0);
  });

  it('are one key even when two nodes make them at once', async () => {
    const { node, store, clock } = managedSuite();
    const apart = new CountingRandomness();
    apart.uuid();
    const made = await Promise.all([node().ensure(home, s3, clock.now()), node(apart).ensure(home, s3, clock.now())]);
    expect(made[0]).toBeDefined();
    expect(made[1]).toBe(made[0]);
    expect([...store.rows.values()].map(({ id }) => id)).toEqual([made[0]]);
  });

  it('cannot be changed by the account', async () => {
    const { reads, context, changes } = managedSuite();
    const { keyId } = accepted(await reads.describeKey(context(), { keyId: 'alias/aws/s3' })).keyMetadata;
    const lifecycle = new KeyLifecycleHandlers(changes, { of: async () => () => 0 });
    expect(refused(await lifecycle.disableKey(context(), { keyId }))).toMatchObject({ code: 'AwsManagedKey' });
    expect(refused(await lifecycle.scheduleKeyDeletion(context(), { keyId }))).toMatchObject({
      code: 'AwsManagedKey',
    });
  });
});
