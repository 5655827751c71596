import { accepted, refused } from '@keywarden/kernel/testing';
import { sameAccountAuthoriser } from '@keywarden/authorization';
import { type KmsKey, arnOf, disabled } from '@keywarden/keys';
import {
  plenty,
  aKeyFamily,
  aKeyMaterial,
  aKmsKey,
  frankfurt,
  ireland,
  numberedMultiRegionKeyId,
} from '@keywarden/keys/testing';
import { KeyFamilyChanges } from './key-family-changes';
import { defaultKeyPolicy } from './key-policy-rules';
import { KeyPolicyCheck } from './key-policy-check';
import { type ReplicateKey, ReplicateKeyHandler } from './replicate-key';
import { UpdatePrimaryRegionHandler } from './update-primary-region';
import { describeDoor } from './testing/door-refusals';
import { aPlace, fakeMaterials, placeOf } from './testing/fake-materials';
import { type OperationSuite, operationSuite } from './testing/operation-suite';

const id = numberedMultiRegionKeyId(1);
const bare = aKeyFamily(id, frankfurt)[0]!;

async function aPrimary(): Promise<KmsKey> {
  const { account, region, spec } = bare;
  const made = await fakeMaterials.generate({ account, region, keyId: id, spec });
  const materials = [{ ...made, state: 'CURRENT' as const, createdAt: bare.createdAt }];
  return { ...bare, materials, currentMaterialId: made.id, tags: [{ key: 'a', value: 'b' }], description: 'primary' };
}

function handlerOf({ door, store }: OperationSuite, maxKeys = plenty): ReplicateKeyHandler {
  const families = new KeyFamilyChanges(door, store.keys);
  const rules = new KeyPolicyCheck(sameAccountAuthoriser);
  return new ReplicateKeyHandler(
    families,
    sameAccountAuthoriser,
    rules,
    fakeMaterials,
    [frankfurt, ireland],
    () => maxKeys,
  );
}

function suiteOf(...keys: readonly KmsKey[]) {
  const suite = operationSuite(...keys);
  const handler = handlerOf(suite);
  const replicate = (changes: Partial<ReplicateKey> = {}) =>
    handler.handle(suite.context(), { keyId: keys[0]!.id, replicaRegion: ireland, ...changes });
  return { ...suite, replicate, there: (region = ireland) => suite.store.at({ region, id: keys[0]!.id }) };
}

describe('ReplicateKey', () => {
  describeDoor(bare, 'refused', (suite, keyId, stranger) =>
    handlerOf(suite).handle(stranger === true ? suite.stranger() : suite.context(), { keyId, replicaRegion: ireland }),
  );

  it('is refused where the Region of the replica has no room, and leaves the primary as it was', async () => {
    const primary = await aPrimary();
    const { store, ...suite } = operationSuite(primary);
    const replicate = handlerOf({ store, ...suite }, 0);
    const refusal = refused(await replicate.handle(suite.context(), { keyId: primary.id, replicaRegion: ireland }));
    expect(refusal).toEqual({ code: 'KeyQuotaReached', limit: 0, current: 0 });
    expect(store.at({ region: frankfurt, id: primary.id })?.multiRegion).toEqual(primary.multiRegion);
  });

  it('answers a replica that is being created, with nothing of the primary that is its own', async () => {
    const { replicate } = suiteOf(await aPrimary());
    const made = accepted(await replicate({ tags: [{ tagKey: 'c', tagValue: 'd' }] }));
    expect(made.replicaKeyMetadata).toMatchObject({
      arn: arnOf({ ...bare, region: ireland }),
      keyState: 'Creating',
      enabled: false,
      description: '',
      multiRegionConfiguration: { multiRegionKeyType: 'REPLICA', replicaKeys: [{ region: ireland }] },
    });
    expect(made.replicaKeyMetadata).not.toHaveProperty('currentKeyMaterialId');
    expect(made.replicaPolicy).toBe(defaultKeyPolicy(bare.account, ireland));
    expect(made.replicaTags).toEqual([{ tagKey: 'c', tagValue: 'd' }]);
  });

  it('leaves a usable replica behind, its material wrapped for its own Region', async () => {
    const { replicate, there } = suiteOf(await aPrimary());
    accepted(await replicate());
    const { account, spec, materials, state, currentMaterialId } = there();
    expect(state.kind).toBe('Enabled');
    expect(currentMaterialId).toBe(there(frankfurt).currentMaterialId);
    const place = { account, region: ireland, keyId: id, materialId: currentMaterialId!, spec };
    expect(placeOf(materials[0]!.wrapped)).toBe(aPlace(place));
    expect(there(frankfurt).multiRegion?.replicaRegions).toEqual([ireland]);
  });

  it('leaves imported material out: the replica waits for its own import', async () => {
    const materials = [
      aKeyMaterial(1, { imported: { description: 'x' } }),
      aKeyMaterial(2, { state: 'PENDING_ROTATION', imported: {} }),
    ];
    const { replicate, there } = suiteOf({
      ...bare,
      origin: 'EXTERNAL',
      materials,
      currentMaterialId: materials[0]!.id,
    });
    accepted(await replicate());
    expect(there().state.kind).toBe('PendingImport');
    expect(there().materials.map(({ wrapped }) => wrapped)).toEqual([undefined, undefined]);
    expect(there(frankfurt).materials[1]!.state).toBe('PENDING_MULTI_REGION_IMPORT_AND_ROTATION');
  });

  it('makes one replica a Region', async () => {
    const { replicate } = suiteOf(await aPrimary());
    accepted(await replicate());
    const keyArn = arnOf({ ...bare, region: ireland });
    expect(refused(await replicate())).toEqual({ code: 'ReplicaExists', keyArn });
    expect(refused(await replicate({ replicaRegion: frankfurt }))).toMatchObject({ code: 'PrimaryInRegion' });
  });

  it('refuses single-Region keys, replicas and disabled keys', async () => {
    const single = suiteOf(aKmsKey());
    expect(refused(await single.replicate())).toEqual({ code: 'NotMultiRegion', keyArn: arnOf(aKmsKey()) });
    const [, replica] = aKeyFamily(id, ireland, frankfurt) as [KmsKey, KmsKey];
    expect(refused(await suiteOf(replica).replicate())).toMatchObject({ code: 'NotMultiRegionPrimary' });
    const off = suiteOf({ ...bare, state: disabled });
    expect(refused(await off.replicate())).toMatchObject({ code: 'KeyDisabled' });
  });

  it('refuses Regions it does not serve, reserved tags and policies that lock the caller out', async () => {
    const { replicate, store } = suiteOf(await aPrimary());
    expect(refused(await replicate({ replicaRegion: 'us-west-2' }))).toEqual({
      code: 'RegionNotServed',
      region: 'us-west-2',
    });
    expect(refused(await replicate({ replicaRegion: 'cn-north-1' }))).toEqual({ code: 'RegionOfAnotherPartition' });
    expect(refused(await replicate({ tags: [{ tagKey: 'aws:x', tagValue: '' }] }))).toEqual({
      code: 'TagPrefixReserved',
    });
    const policy = JSON.stringify({ Statement: [{ Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' }] });
    expect(refused(await replicate({ policy }))).toMatchObject({ code: 'PolicyMalformed' });
    expect(store.rows.size).toBe(1);
    const made = accepted(await replicate({ policy, bypassPolicyLockoutSafetyCheck: true }));
    expect(made.replicaPolicy).toBe(policy);
  });
});

describe('UpdatePrimaryRegion', () => {
  const handler = ({ door, directory, store }: OperationSuite) =>
    new UpdatePrimaryRegionHandler(door, directory, new KeyFamilyChanges(door, store.keys));
  const family = aKeyFamily(id, frankfurt, ireland);
  const update = (suite: OperationSuite, primaryRegion: string) =>
    handler(suite).handle(suite.context(), { keyId: id, primaryRegion });

  describeDoor(bare, 'refused', (suite, keyId, stranger) =>
    handler(suite).handle(stranger === true ? suite.stranger() : suite.context(), { keyId, primaryRegion: ireland }),
  );

  it('swaps the roles and asks for the permission on both copies', async () => {
    const suite = operationSuite(...family);
    accepted(await update(suite, ireland));
    for (const region of [frankfurt, ireland]) {
      const multiRegion = { primaryRegion: ireland, replicaRegions: [frankfurt] };
      expect(suite.store.at({ region, id }).multiRegion).toEqual(multiRegion);
    }
    const facts = { primaryRegion: ireland };
    expect(suite.asked).toEqual(Array(2).fill({ action: 'kms:UpdatePrimaryRegion', facts }));
    expect(refused(await update(suite, ireland))).toMatchObject({ code: 'NotMultiRegionPrimary' });
  });

  it('refuses a Region without a replica, its own Region, and a replica that cannot be used', async () => {
    const keyArn = arnOf({ ...bare, region: 'us-west-2' as never });
    expect(refused(await update(operationSuite(...family), 'us-west-2'))).toEqual({ code: 'KeyNotFound', keyArn });
    expect(refused(await update(operationSuite(...family), frankfurt))).toMatchObject({ code: 'AlreadyPrimary' });
    expect(refused(await update(operationSuite(...family), 'nowhere'))).toMatchObject({ code: 'RegionNotServed' });
    const [primary, replica] = family as [KmsKey, KmsKey];
    const suite = operationSuite(primary, { ...replica, state: disabled });
    const refusal = refused(await update(suite, ireland));
    expect(refusal).toEqual({ code: 'KeyDisabled', keyArn: arnOf(replica) });
  });
});
