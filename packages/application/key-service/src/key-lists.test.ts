import { openInMemory } from '@keywarden/in-memory';
import { days, plusDays } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { arnOf } from '@keywarden/keys';
import { aKmsKey, elsewhere, numberedKeyId } from '@keywarden/keys/testing';
import { encodeMarker } from './marker';
import { keyServiceOn } from './testing/key-service-suite';

const ids = [1, 2, 3].map(numberedKeyId);

async function suite() {
  const service = keyServiceOn(openInMemory());
  await service.given(...ids.map((id) => aKmsKey({ id })), aKmsKey({ ...elsewhere, id: numberedKeyId(8) }));
  return service;
}

describe('ListKeys', () => {
  it('lists the keys of the own account with their ARNs', async () => {
    const { reads, own } = await suite();
    expect(accepted(await reads.listKeys(own(), {}))).toEqual({
      keys: ids.map((keyId) => ({ keyId, keyArn: arnOf(aKmsKey({ id: keyId })) })),
      truncated: false,
    });
  });

  it('goes through all keys one at a time', async () => {
    const { reads, own } = await suite();
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const page = accepted(await reads.listKeys(own(), { limit: 1, marker }));
      expect(page.truncated).toBe(page.nextMarker !== undefined);
      seen.push(...page.keys.map(({ keyId }) => keyId));
      marker = page.nextMarker;
    } while (marker !== undefined);
    expect(seen).toEqual(ids);
  });

  it('goes on although the key it stopped at is gone', async () => {
    const { reads, own, keys } = await suite();
    const { nextMarker } = accepted(await reads.listKeys(own(), { limit: 2 }));
    const second = aKmsKey({ id: ids[1]! });
    await keys.updateFamily(second, () => ({ ok: true, value: { put: [], remove: [second] } }));
    const { keys: rest } = accepted(await reads.listKeys(own(), { marker: nextMarker }));
    expect(rest.map(({ keyId }) => keyId)).toEqual([ids[2]]);
  });

  it('shows nothing of another account to whoever brings a marker of it', async () => {
    const { reads, stranger } = await suite();
    const marker = encodeMarker(['ListKeys'], ids[0]!);
    expect(accepted(await reads.listKeys(stranger(), { marker })).keys.map(({ keyId }) => keyId)).toEqual([
      numberedKeyId(8),
    ]);
  });

  it('lists the own keys to who asks for them, alone or beside those of other accounts, of which none are shared', async () => {
    const { reads, own } = await suite();
    const listed = async (...resourceOwners: ('SELF' | 'OTHER_ACCOUNTS_VIA_RAM')[]) => {
      const { keys, truncated } = accepted(await reads.listKeys(own(), { resourceOwners }));
      expect(truncated).toBe(false);
      return keys.map(({ keyId }) => keyId);
    };
    expect(await listed('SELF')).toEqual(ids);
    expect(await listed('SELF', 'OTHER_ACCOUNTS_VIA_RAM')).toEqual(ids);
    expect(await listed('OTHER_ACCOUNTS_VIA_RAM', 'SELF')).toEqual(ids);
    expect(await listed('OTHER_ACCOUNTS_VIA_RAM')).toEqual([]);
  });

  it('goes on only for the owners that the page before was of', async () => {
    const { reads, own } = await suite();
    const both = ['SELF', 'OTHER_ACCOUNTS_VIA_RAM'] as const;
    const { nextMarker: marker } = accepted(await reads.listKeys(own(), { limit: 2, resourceOwners: both }));
    const { keys } = accepted(await reads.listKeys(own(), { marker, resourceOwners: [...both].reverse() }));
    expect(keys.map(({ keyId }) => keyId)).toEqual([ids[2]]);
    for (const resourceOwners of [['SELF'], ['OTHER_ACCOUNTS_VIA_RAM'], undefined] as const) {
      expect(refused(await reads.listKeys(own(), { marker, resourceOwners }))).toEqual({ code: 'MarkerNotValid' });
    }
  });

  it.each([
    ['forged', encodeMarker(['ListKeys'], "' OR 1=1 --")],
    ['of another list', encodeMarker(['ListAliases'], ids[0]!)],
    ['that is noise', 'xyz'],
  ])('refuses a marker %s', async (_what, marker) => {
    const { reads, own } = await suite();
    expect(refused(await reads.listKeys(own(), { marker }))).toEqual({ code: 'MarkerNotValid' });
  });
});

describe('DescribeKey', () => {
  it('describes a key that waits for deletion, until the window has ended', async () => {
    const { reads, own, lifecycle, clock } = await suite();
    await lifecycle.scheduleKeyDeletion(own(), { keyId: ids[0]!, pendingWindowInDays: 7 });
    const described = accepted(await reads.describeKey(own(), { keyId: ids[0]! })).keyMetadata;
    expect(described).toMatchObject({ keyState: 'PendingDeletion', deletionDate: plusDays(clock.now(), days(7)) });
    clock.advanceDays(days(7));
    expect(refused(await reads.describeKey(own(), { keyId: ids[0]! }))).toMatchObject({ code: 'KeyNotFound' });
  });
});
