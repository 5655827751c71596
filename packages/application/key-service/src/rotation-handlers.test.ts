import { days, plusDays } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type KmsKey, arnOf, disabled } from '@keywarden/keys';
import {
  aKeyFamily,
  aKeyMaterial,
  aKmsKey,
  frankfurt,
  ireland,
  numberedMultiRegionKeyId,
} from '@keywarden/keys/testing';
import { KeyFamilyChanges } from './key-family-changes';
import { RotationHandlers } from './rotation-handlers';
import { describeDoor } from './testing/door-refusals';
import { aPlace, fakeMaterials, placeOf } from './testing/fake-materials';
import { type OperationSuite, aKeyOf, operationSuite } from './testing/operation-suite';

const key = aKmsKey();
const imported = aKmsKey({ origin: 'EXTERNAL' });
const hmac = aKeyOf('HMAC_256', 'GENERATE_VERIFY_MAC');
const family = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland);
const handlersOf = ({ door, store }: OperationSuite, limit = 25) =>
  new RotationHandlers(new KeyFamilyChanges(door, store.keys), fakeMaterials, () => limit);
const suiteOf = (...keys: readonly KmsKey[]) => {
  const suite = operationSuite(...keys);
  const keyId = keys[0]!.id;
  const there = (region = frankfurt) => suite.store.at({ region, id: keyId });
  return { ...suite, keyId, there, handlers: handlersOf(suite) };
};
const operations = ['enableKeyRotation', 'disableKeyRotation', 'getKeyRotationStatus', 'rotateKeyOnDemand'] as const;

describe.each(operations)('%s', (operation) => {
  describeDoor(key, 'refused', (suite, keyId, stranger) =>
    handlersOf(suite)[operation](stranger === true ? suite.stranger() : suite.context(), { keyId }),
  );
});

describe('an HMAC key', () => {
  it.each(['enableKeyRotation', 'rotateKeyOnDemand'] as const)(
    'has %s refused without saying more',
    async (operation) => {
      const { handlers, context, keyId } = suiteOf(hmac);
      const refusal = refused<unknown, object>(await handlers[operation](context(), { keyId }));
      expect(refusal).toMatchObject({ code: 'SpecNotValid' });
    },
  );

  it('has its rotation disabled, as it is', async () => {
    const { handlers, context, keyId } = suiteOf(hmac);
    expect((await handlers.disableKeyRotation(context(), { keyId })).ok).toBe(true);
    const status = { keyId: arnOf(hmac), keyRotationEnabled: false };
    expect(accepted(await handlers.getKeyRotationStatus(context(), { keyId }))).toEqual(status);
  });
});

describe.each(operations.slice(0, 3))('%s', (operation) => {
  it('refuses imported keys, also while they wait for import', async () => {
    for (const state of [imported.state, { kind: 'PendingImport' } as const]) {
      const { handlers, context, keyId } = suiteOf({ ...imported, state });
      const refusal = refused<unknown, object>(await handlers[operation](context(), { keyId }));
      expect(refusal).toEqual({ code: 'OriginNotValid', keyArn: arnOf(imported), origin: 'EXTERNAL' });
    }
  });
});

describe('automatic rotation', () => {
  it('is told with its next date while it is enabled', async () => {
    const { handlers, context, keyId, clock, asked } = suiteOf(key);
    const off = { keyId: arnOf(key), keyRotationEnabled: false };
    expect(accepted(await handlers.getKeyRotationStatus(context(), { keyId }))).toEqual(off);
    accepted(await handlers.enableKeyRotation(context(), { keyId }));
    expect(accepted(await handlers.getKeyRotationStatus(context(), { keyId }))).toEqual({
      keyId: arnOf(key),
      keyRotationEnabled: true,
      rotationPeriodInDays: 365,
      nextRotationDate: plusDays(clock.now(), days(365)),
    });
    expect(asked[1]).toEqual({ action: 'kms:EnableKeyRotation', facts: { rotationPeriodInDays: 365 } });
    accepted(await handlers.disableKeyRotation(context(), { keyId }));
    expect(accepted(await handlers.getKeyRotationStatus(context(), { keyId }))).toEqual(off);
  });

  it('counts anew when its period changes and not when it is enabled again', async () => {
    const { handlers, context, keyId, clock, there } = suiteOf(key);
    accepted(await handlers.enableKeyRotation(context(), { keyId, rotationPeriodInDays: 90 }));
    const started = clock.now();
    clock.advanceDays(days(30));
    accepted(await handlers.enableKeyRotation(context(), { keyId, rotationPeriodInDays: 90 }));
    expect(there().rotation).toEqual({ enabled: true, periodInDays: 90, countedFrom: started });
    accepted(await handlers.enableKeyRotation(context(), { keyId, rotationPeriodInDays: 100 }));
    expect(there().rotation).toEqual({ enabled: true, periodInDays: 100, countedFrom: clock.now() });
  });

  it('reads as off while the key waits for deletion', async () => {
    const rotation = { enabled: true, periodInDays: 365, countedFrom: key.createdAt };
    const state = { kind: 'PendingDeletion', deletionDate: plusDays(key.createdAt, days(9)) } as const;
    const { handlers, context, keyId } = suiteOf({ ...key, rotation, state });
    const status = accepted(await handlers.getKeyRotationStatus(context(), { keyId }));
    expect(status).toEqual({ keyId: arnOf(key), keyRotationEnabled: false });
  });

  it('is always on for AWS managed keys and cannot be changed there', async () => {
    const rotation = { enabled: true, periodInDays: 365, countedFrom: key.createdAt };
    const { handlers, context, keyId } = suiteOf({ ...key, rotation, manager: 'AWS' });
    const status = accepted(await handlers.getKeyRotationStatus(context(), { keyId }));
    expect(status).toMatchObject({ keyRotationEnabled: true, rotationPeriodInDays: 365 });
    for (const operation of ['enableKeyRotation', 'disableKeyRotation', 'rotateKeyOnDemand'] as const) {
      expect(refused<unknown, object>(await handlers[operation](context(), { keyId }))).toMatchObject({
        code: 'AwsManagedKey',
      });
    }
  });

  it('refuses a disabled key', async () => {
    const { handlers, context, keyId } = suiteOf({ ...key, state: disabled });
    expect(refused(await handlers.enableKeyRotation(context(), { keyId }))).toMatchObject({ code: 'KeyDisabled' });
  });

  it('is shared by all copies of a multi-Region key and set on the primary alone', async () => {
    const { handlers, context, keyId, there } = suiteOf(...family);
    const abroad = context({ region: ireland });
    expect(refused(await handlers.enableKeyRotation(abroad, { keyId }))).toMatchObject({ code: 'MultiRegionReplica' });
    accepted(await handlers.enableKeyRotation(context(), { keyId }));
    expect(there(ireland).rotation).toEqual(there().rotation);
    expect(accepted(await handlers.getKeyRotationStatus(abroad, { keyId }))).toMatchObject({
      keyRotationEnabled: true,
    });
    accepted(await handlers.disableKeyRotation(context(), { keyId }));
    expect(there(ireland).rotation?.enabled).toBe(false);
  });
});

describe('RotateKeyOnDemand', () => {
  it('makes new material current and keeps the old', async () => {
    const { handlers, context, keyId, there } = suiteOf(key);
    expect(accepted(await handlers.rotateKeyOnDemand(context(), { keyId }))).toEqual({ keyId: arnOf(key) });
    expect(there().materials).toMatchObject([{ state: 'NON_CURRENT' }, { state: 'CURRENT' }]);
    expect(there()).toMatchObject({ currentMaterialId: there().materials[1]!.id, onDemandRotations: 1 });
  });

  it('wraps the same material for every Region of a multi-Region key', async () => {
    const { handlers, context, keyId, there } = suiteOf(...family);
    accepted(await handlers.rotateKeyOnDemand(context(), { keyId }));
    const materialId = there().currentMaterialId!;
    expect(there(ireland).currentMaterialId).toBe(materialId);
    for (const region of [frankfurt, ireland]) {
      const { account, spec, materials } = there(region);
      expect(placeOf(materials[1]!.wrapped)).toBe(aPlace({ account, region, keyId, materialId, spec }));
    }
  });

  it('is refused beyond its limit, shortly before an automatic rotation, on replicas and on disabled keys', async () => {
    const spent = suiteOf({ ...key, onDemandRotations: 25 });
    const limit = refused(await spent.handlers.rotateKeyOnDemand(spent.context(), { keyId: key.id }));
    expect(limit).toEqual({ code: 'OnDemandRotationLimitReached', keyArn: arnOf(key) });

    const soon = suiteOf({ ...key, rotation: { enabled: true, periodInDays: 90, countedFrom: key.createdAt } });
    soon.clock.advanceDays(days(90));
    const conflict = refused(await soon.handlers.rotateKeyOnDemand(soon.context(), { keyId: key.id }));
    expect(conflict).toEqual({ code: 'RotationInProgress', keyArn: arnOf(key) });

    const { handlers, context, keyId } = suiteOf(...family);
    const replica = refused(await handlers.rotateKeyOnDemand(context({ region: ireland }), { keyId }));
    expect(replica).toMatchObject({ code: 'MultiRegionReplica' });
    const off = suiteOf({ ...key, state: disabled });
    const refusal = refused(await off.handlers.rotateKeyOnDemand(off.context(), { keyId: key.id }));
    expect(refusal).toMatchObject({ code: 'KeyDisabled' });
  });

  it('goes to imported material that waits for it, and to nothing else', async () => {
    const materials = [aKeyMaterial(1, { imported: {} })];
    const external = { ...imported, materials, currentMaterialId: materials[0]!.id };
    const none = suiteOf(external);
    const refusal = refused(await none.handlers.rotateKeyOnDemand(none.context(), { keyId: key.id }));
    expect(refusal).toEqual({ code: 'NothingPendingRotation', keyArn: arnOf(key) });
    const pending = aKeyMaterial(2, { imported: {}, state: 'PENDING_ROTATION' });
    const { handlers, context, keyId, there } = suiteOf({ ...external, materials: [...materials, pending] });
    accepted(await handlers.rotateKeyOnDemand(context(), { keyId }));
    expect(there()).toMatchObject({ currentMaterialId: pending.id, onDemandRotations: 1 });
  });

  it('covers a replica that came while the material was made', async () => {
    const alone = { ...family[0]!, multiRegion: { primaryRegion: frankfurt, replicaRegions: [] } };
    const suite = suiteOf(alone);
    let made = 0;
    const racing = {
      ...fakeMaterials,
      generate: async (owner: Parameters<typeof fakeMaterials.generate>[0]) => {
        made += 1;
        if (made === 1) suite.store.given(...family);
        return fakeMaterials.generate(owner);
      },
    };
    const families = new KeyFamilyChanges(suite.door, suite.store.keys);
    const handlers = new RotationHandlers(families, racing, () => 25);
    accepted(await handlers.rotateKeyOnDemand(suite.context(), { keyId: suite.keyId }));
    expect(made).toBe(2);
    expect(suite.there(ireland).currentMaterialId).toBe(suite.there().currentMaterialId);
  });
});
