import { aUser } from '@keywarden/identity/testing';
import { openInMemory } from '@keywarden/in-memory';
import type { AccountId, KeyId } from '@keywarden/kernel';
import { CountingRandomness, SettableClock, accepted, refused } from '@keywarden/kernel/testing';
import { aKmsKey, plenty } from '@keywarden/keys/testing';
import { InMemoryXksStores } from './in-memory-xks-stores';
import { shown, xksBoundSecrets as secrets } from './testing/bound-secrets';
import { xksSecretPlace } from './xks-credentials';
import { XksStoreAdministration } from './xks-store-administration';

const uriPath = '/partner/kms/xks/v1';
const key = aKmsKey();

async function anAdministration() {
  const store = openInMemory();
  const xksStores = new InMemoryXksStores((changes) => store.feed.announce(changes));
  const user = { ...aUser(), account: key.account };
  const accessKey = { id: 'AKIAROOTROOTROOTROOT', account: key.account, status: 'Active' } as const;
  await store.accessKeys.insertAccount(
    { id: key.account, createdAt: key.createdAt },
    { ...accessKey, wrappedSecret: Uint8Array.of(1), wrappedIn: key.region, createdAt: key.createdAt },
  );
  accepted(await store.principals.insert(user, 10));
  accepted(await store.keys.insert(key, plenty));
  const administration = new XksStoreAdministration({
    stores: xksStores,
    principals: store.principals,
    keys: store.keys,
    secrets,
    randomness: new CountingRandomness(),
    clock: new SettableClock(),
  });
  const create = () =>
    administration.create({ account: key.account, region: key.region, uriPath, userName: user.name });
  return { ...store, xksStores, administration, create, user };
}

describe('the administration of external key stores', () => {
  it('creates a store with a credential in the form AWS KMS takes, whose secret is stored wrapped', async () => {
    const { create, xksStores, user } = await anAdministration();
    const { accessKeyId, rawSecretAccessKey } = accepted(await create());
    expect(accessKeyId).toMatch(/^[A-Z2-7]{20,30}$/);
    expect(shown(rawSecretAccessKey)).toMatch(/^[a-zA-Z0-9/+=]{43,64}$/);
    const store = await xksStores.find(uriPath);
    expect(store).toMatchObject({ userId: user.id, keys: [], credentials: [{ accessKeyId }] });
    const wrapped = store!.credentials[0]!.wrappedSecret;
    expect(shown(await secrets.unwrap(xksSecretPlace(key, accessKeyId), wrapped))).toBe(shown(rawSecretAccessKey));
  });

  it('refuses paths that are none, users that are not there, and a path that is taken', async () => {
    const { administration, create, user } = await anAdministration();
    const wish = { account: key.account, region: key.region, uriPath, userName: user.name };
    for (const bad of ['/kms/xks/v2', 'kms/xks/v1', '/a b/kms/xks/v1', `/${'x'.repeat(130)}/kms/xks/v1`]) {
      expect(refused(await administration.create({ ...wish, uriPath: bad })).code).toBe('UriPathNotValid');
    }
    expect(refused(await administration.create({ ...wish, userName: 'nobody' })).code).toBe('UserNotFound');
    const stranger = '444455556666' as AccountId;
    expect(refused(await administration.create({ ...wish, account: stranger })).code).toBe('UserNotFound');
    accepted(await create());
    expect(refused(await create()).code).toBe('UriPathTaken');
  });

  it('keeps two credentials at most, so that they are changed without a gap', async () => {
    const { administration, create, xksStores } = await anAdministration();
    const first = accepted(await create());
    const second = accepted(await administration.addCredential(uriPath));
    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    expect(refused(await administration.addCredential(uriPath))).toEqual({ code: 'TooManyCredentials', limit: 2 });
    accepted(await administration.removeCredential(uriPath, first.accessKeyId));
    expect(refused(await administration.removeCredential(uriPath, first.accessKeyId)).code).toBe('CredentialNotFound');
    expect((await xksStores.find(uriPath))?.credentials.map(({ accessKeyId }) => accessKeyId)).toEqual([
      second.accessKeyId,
    ]);
  });

  it('offers symmetric keys of the account and Region, each under a name of its own', async () => {
    const { administration, create } = await anAdministration();
    accepted(await create());
    const offered = accepted(await administration.offerKey(uriPath, 'payments-1', key.id));
    expect(offered.keys).toEqual([{ externalKeyId: 'payments-1', keyId: key.id }]);
    expect(refused(await administration.offerKey(uriPath, 'payments-1', key.id)).code).toBe('ExternalKeyIdTaken');
    expect(refused(await administration.offerKey(uriPath, 'a/b', key.id)).code).toBe('ExternalKeyIdNotValid');
    accepted(await administration.withdrawKey(uriPath, 'payments-1'));
    expect(refused(await administration.withdrawKey(uriPath, 'payments-1')).code).toBe('ExternalKeyNotFound');
  });

  it.each([
    ['of another account', { account: '444455556666' as AccountId }],
    ['that is asymmetric', { spec: 'RSA_2048' as const }],
    ['that lives in a custom key store itself', { origin: 'EXTERNAL_KEY_STORE' as const }],
    ['of AWS', { manager: 'AWS' as const }],
  ])('offers no key %s', async (_what, change) => {
    const { administration, create, keys } = await anAdministration();
    accepted(await create());
    const other = aKmsKey({ id: '99999999-0000-4000-8000-000000000000' as KeyId, ...change });
    accepted(await keys.insert(other, plenty));
    expect(refused(await administration.offerKey(uriPath, 'other', other.id)).code).toBe('KmsKeyUnsuitable');
  });

  it('says so when there is no such store', async () => {
    const { administration } = await anAdministration();
    for (const answer of [
      await administration.addCredential(uriPath),
      await administration.removeCredential(uriPath, 'A'),
      await administration.offerKey(uriPath, 'k', key.id),
      await administration.withdrawKey(uriPath, 'k'),
      await administration.remove(uriPath),
    ]) {
      expect(refused<unknown, { code: string }>(answer).code).toBe('XksStoreNotFound');
    }
  });
});
