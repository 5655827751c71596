import { randomBytes, randomUUID } from 'node:crypto';
import { openInMemory } from '@keywarden/in-memory';
import { type AccountId, SecretBytes, parseAccountId, parseRegion } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import { type FirstAccount, type FirstAccountWishes, createFirstAccount } from './first-account';
import { secretAccessKeyPlace } from './secret-access-key-place';
import { boundSecrets, shown } from './testing/bound-secrets';

const home = parseRegion('eu-central-1')!;
const wished = parseAccountId('111122223333') as AccountId;

function suite() {
  const identities = openInMemory().identity;
  const randomness = { bytes: (length: number) => Uint8Array.from(randomBytes(length)), uuid: () => randomUUID() };
  const parts = { identities, secrets: boundSecrets, randomness, clock: new SettableClock() };
  const kept: FirstAccount[] = [];
  const keep = async (account: FirstAccount): Promise<void> => void kept.push(account);
  const create = (wishes: FirstAccountWishes = {}) => createFirstAccount(parts, home, wishes, keep);
  return { ...parts, kept, create };
}

describe('the first account', () => {
  it('has credentials of the usual shapes', async () => {
    for (let round = 0; round < 50; round += 1) {
      const first = (await suite().create())!;
      expect(first.account).toMatch(/^[1-9][0-9]{11}$/);
      expect(first.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
      expect(shown(first.secretAccessKey)).toMatch(/^[A-Za-z0-9+/]{40}$/);
    }
  });

  it('never gets the same credentials twice', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => suite().create()));
    expect(new Set(made.map((first) => shown(first!.secretAccessKey))).size).toBe(20);
    expect(new Set(made.map((first) => first!.accessKeyId)).size).toBe(20);
  });

  it('is stored with its secret wrapped for its own access key', async () => {
    const { create, identities, clock } = suite();
    const first = (await create())!;
    const stored = (await identities.findAccessKey(first.accessKeyId))!;
    expect(stored).toMatchObject({ account: first.account, status: 'Active', wrappedIn: home, createdAt: clock.now() });
    const secret = await boundSecrets.unwrap(secretAccessKeyPlace(stored), stored.wrappedSecret);
    expect(shown(secret)).toBe(shown(first.secretAccessKey));
    const elsewhere = secretAccessKeyPlace({ ...stored, id: 'AKIAI44QH8DHBEXAMPLE' });
    await expect(boundSecrets.unwrap(elsewhere, stored.wrappedSecret)).rejects.toThrow('not wrapped');
  });

  it('takes what was wished for', async () => {
    const { create } = suite();
    const secretAccessKey = SecretBytes.copyOf(Buffer.from('wished-for-secret'));
    const wishes = { account: wished, accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey };
    const first = (await create(wishes))!;
    expect(first).toMatchObject({ account: wished, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' });
    expect(shown(first.secretAccessKey)).toBe('wished-for-secret');
  });

  it('is made once: later wishes change nothing', async () => {
    const { create, identities } = suite();
    const first = (await create())!;
    expect(await create({ account: wished })).toBeUndefined();
    expect((await identities.listAccounts(10)).map(({ id }) => id)).toEqual([first.account]);
  });

  it('is made by one of many nodes that start together; only that one has credentials to show', async () => {
    const { create, identities } = suite();
    const made = (await Promise.all(Array.from({ length: 10 }, () => create()))).filter((first) => first !== undefined);
    expect(made).toHaveLength(1);
    expect((await identities.listAccounts(10)).map(({ id }) => id)).toEqual([made[0]!.account]);
    expect(await identities.findAccessKey(made[0]!.accessKeyId)).toBeDefined();
  });

  it('is kept for its owner before it is stored, so that no account exists that nobody can open', async () => {
    const parts = suite();
    const failing = () => Promise.reject(new Error('disk full'));
    await expect(createFirstAccount(parts, home, {}, failing)).rejects.toThrow('disk full');
    expect(await parts.identities.listAccounts(1)).toEqual([]);
    const first = await parts.create();
    expect(parts.kept).toEqual([first]);
    await parts.create();
    expect(parts.kept).toHaveLength(1);
  });
});
