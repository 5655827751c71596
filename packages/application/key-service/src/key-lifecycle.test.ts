import { openInMemory } from '@keywarden/in-memory';
import { type Result, days, plusDays } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type KmsKey, arnOf, pendingImport } from '@keywarden/keys';
import {
  aKeyFamily,
  aKmsKey,
  frankfurt,
  ireland,
  numberedKeyId,
  numberedMultiRegionKeyId,
} from '@keywarden/keys/testing';
import type { RequestContext } from './request-context';
import { keyServiceOn } from './testing/key-service-suite';

const key = aKmsKey();
const keyId = key.id;

async function suite(...more: readonly KmsKey[]) {
  const service = keyServiceOn(openInMemory());
  await service.given(key, ...more);
  const state = async () => accepted(await service.reads.describeKey(service.own(), { keyId })).keyMetadata.keyState;
  return { ...service, state };
}

describe('the life of a key', () => {
  it('is switched off and on, and both may be repeated', async () => {
    const { lifecycle, own, state, keys } = await suite();
    for (const [command, expected] of [
      ['disableKey', 'Disabled'],
      ['disableKey', 'Disabled'],
      ['enableKey', 'Enabled'],
      ['enableKey', 'Enabled'],
    ] as const) {
      expect(await lifecycle[command](own(), { keyId })).toEqual({ ok: true, value: undefined });
      expect(await state()).toBe(expected);
    }
    expect((await keys.find(key))?.version).toBe(3);
  });

  it('has a description that can change', async () => {
    const { lifecycle, own, keys } = await suite();
    await lifecycle.updateKeyDescription(own(), { keyId, description: 'new' });
    expect((await keys.find(key))?.description).toBe('new');
  });

  it('ends after a window of 30 days unless another is asked for', async () => {
    const { lifecycle, own, clock } = await suite();
    expect(accepted(await lifecycle.scheduleKeyDeletion(own(), { keyId }))).toEqual({
      keyId: arnOf(key),
      keyState: 'PendingDeletion',
      pendingWindowInDays: 30,
      deletionDate: plusDays(clock.now(), days(30)),
    });
  });

  it('comes back disabled when the deletion is cancelled', async () => {
    const { lifecycle, own, state } = await suite();
    await lifecycle.scheduleKeyDeletion(own(), { keyId, pendingWindowInDays: 7 });
    expect(accepted(await lifecycle.cancelKeyDeletion(own(), { keyId }))).toEqual({ keyId: arnOf(key) });
    expect(await state()).toBe('Disabled');
    expect(refused(await lifecycle.cancelKeyDeletion(own(), { keyId }))).toMatchObject({
      code: 'KeyNotPendingDeletion',
    });
  });

  it('knows no deletion date while a primary waits for its replicas', async () => {
    const [primary, replica] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland) as [KmsKey, KmsKey];
    const { lifecycle, own } = await suite(primary, replica);
    const scheduled = accepted(
      await lifecycle.scheduleKeyDeletion(own(), { keyId: primary.id, pendingWindowInDays: 7 }),
    );
    expect(scheduled).toEqual({ keyId: arnOf(primary), keyState: 'PendingReplicaDeletion', pendingWindowInDays: 7 });
  });

  it('is not brought to enabled while its material is missing, cancelling a deletion in between', async () => {
    const empty = aKmsKey({
      id: numberedKeyId(1),
      origin: 'EXTERNAL',
      state: pendingImport,
      materials: [],
      currentMaterialId: undefined,
    });
    const { lifecycle, own } = await suite(empty);
    await lifecycle.scheduleKeyDeletion(own(), { keyId: empty.id });
    await lifecycle.cancelKeyDeletion(own(), { keyId: empty.id });
    expect(refused(await lifecycle.enableKey(own(), { keyId: empty.id }))).toMatchObject({
      code: 'KeyInState',
      state: 'PendingImport',
    });
  });
});

describe('what is refused', () => {
  it.each([6, 31])('is a window of %d days, before the key is looked for', async (pendingWindowInDays) => {
    const { lifecycle, own } = await suite();
    expect(refused(await lifecycle.scheduleKeyDeletion(own(), { keyId: 'unknown', pendingWindowInDays }))).toEqual({
      code: 'DeletionWindowOutOfRange',
      windowInDays: pendingWindowInDays,
    });
  });

  it.each(['enableKey', 'disableKey', 'cancelKeyDeletion', 'scheduleKeyDeletion'] as const)(
    'is %s by another account, or with an alias',
    async (command) => {
      const { lifecycle, own, stranger } = await suite();
      const code = async (context: RequestContext, given: string): Promise<string> => {
        const result: Result<unknown, { readonly code: string }> = await lifecycle[command](context, { keyId: given });
        return refused(result).code;
      };
      expect(await code(stranger(), arnOf(key))).toBe('AccessDenied');
      expect(await code(own(), 'alias/x')).toBe('AliasNotSupported');
    },
  );

  it('is decided again on the key as it is stored, not as this node remembers it', async () => {
    const { lifecycle, own, keys, feed, reads } = await suite();
    await reads.describeKey(own(), { keyId });
    const announced = feed as ReturnType<typeof openInMemory>['feed'];
    announced.lose();
    await keys.update(key, (held) => ({ ok: true, value: { ...held, state: pendingImport } }));
    Object.defineProperty(announced, 'live', { value: true });
    expect(refused(await lifecycle.disableKey(own(), { keyId }))).toMatchObject({ code: 'KeyInState' });
  });
});
