import { randomBytes, randomUUID } from 'node:crypto';
import { anAccount } from '@keywarden/identity/testing';
import { openInMemory } from '@keywarden/in-memory';
import { SettableClock, accepted, refused } from '@keywarden/kernel/testing';
import { AccountAdministration } from './accounts';
import { boundSecrets, shown } from './testing/bound-secrets';
import { home } from './testing/identity-suite';

function suite() {
  const store = openInMemory();
  const randomness = { bytes: (length: number) => Uint8Array.from(randomBytes(length)), uuid: () => randomUUID() };
  const { identity: identities, accessKeys } = store;
  const parts = { identities, accessKeys, secrets: boundSecrets, randomness, clock: new SettableClock() };
  return { store, admin: new AccountAdministration({ ...parts, homeRegion: home }) };
}

describe('an operator', () => {
  it('adds accounts once, each with a root access key that is shown once', async () => {
    const { admin, store } = suite();
    const { accessKeyId, secretAccessKey } = accepted(await admin.createAccount(anAccount));
    expect(shown(secretAccessKey)).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(await store.identity.findAccessKey(accessKeyId)).toMatchObject({ account: anAccount, status: 'Active' });
    expect((await admin.listAccounts(10)).map(({ id }) => id)).toEqual([anAccount]);
    const again = { code: 'EntityAlreadyExists', kind: 'account', name: anAccount };
    expect(refused(await admin.createAccount(anAccount))).toEqual(again);
  });

  it('changes root access keys without a gap', async () => {
    const { admin } = suite();
    expect(refused(await admin.createRootAccessKey(anAccount))).toMatchObject({
      code: 'NoSuchEntity',
      kind: 'account',
    });
    expect(refused(await admin.listRootAccessKeys(anAccount))).toMatchObject({ code: 'NoSuchEntity', kind: 'account' });
    const first = accepted(await admin.createAccount(anAccount)).accessKeyId;
    const second = accepted(await admin.createRootAccessKey(anAccount)).accessKeyId;
    expect(refused(await admin.createRootAccessKey(anAccount))).toMatchObject({ code: 'LimitExceeded' });
    accepted(await admin.setRootAccessKeyStatus(anAccount, first, 'Inactive'));
    accepted(await admin.deleteRootAccessKey(anAccount, first));
    expect(accepted(await admin.listRootAccessKeys(anAccount))).toMatchObject([
      { accessKeyId: second, status: 'Active' },
    ]);
    expect(refused(await admin.deleteRootAccessKey(anAccount, first))).toMatchObject({ code: 'NoSuchEntity' });
  });
});
