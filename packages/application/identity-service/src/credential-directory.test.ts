import type { SecretWrapping } from '@keywarden/crypto';
import type { AccessKey, IdentityRepository } from '@keywarden/identity';
import { InMemoryChangeFeed } from '@keywarden/in-memory';
import { SecretBytes, instant, parseAccountId, parseRegion } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import { CredentialDirectory } from './credential-directory';
import { secretAccessKeyPlace } from './secret-access-key-place';
import { boundSecrets, shown } from './testing/bound-secrets';

const id = 'AKIAIOSFODNN7EXAMPLE';
const keyOf = (changes: Partial<AccessKey> = {}): Omit<AccessKey, 'wrappedSecret'> => ({
  id,
  account: parseAccountId('111122223333')!,
  status: 'Active',
  wrappedIn: parseRegion('eu-central-1')!,
  createdAt: instant(0),
  ...changes,
});

/** A directory over access keys whose reads are counted and can be held up. */
async function suite(options: { capacity?: number; secrets?: SecretWrapping } = {}) {
  const stored = new Map<string, AccessKey>();
  const feed = new InMemoryChangeFeed(() => undefined);
  const clock = new SettableClock();
  const dropped: (string | undefined)[] = [];
  let reads = 0;
  let gate: Promise<void> = Promise.resolve();
  const findAccessKey = async (name: string): Promise<AccessKey | undefined> => {
    reads += 1;
    const found = stored.get(name);
    await gate;
    return found;
  };
  const identities = { findAccessKey } as unknown as IdentityRepository;
  const limits = { capacity: options.capacity ?? 10, maxAgeMs: 1_000 };
  const secrets = options.secrets ?? boundSecrets;
  const directory = new CredentialDirectory(identities, secrets, feed, clock, limits, (one) => dropped.push(one));
  /** Stores and announces, as every node would hear of it. */
  const put = async (changes: Partial<AccessKey> = {}, text = 'secret'): Promise<void> => {
    const key = keyOf(changes);
    const wrappedSecret = await boundSecrets.wrap(secretAccessKeyPlace(key), SecretBytes.copyOf(Buffer.from(text)));
    stored.set(key.id, { wrappedSecret, ...key, ...changes });
    feed.announce([{ kind: 'accessKey', accessKeyId: key.id }]);
  };
  await put();
  dropped.length = 0;
  return {
    directory,
    feed,
    clock,
    dropped,
    put,
    reads: () => reads,
    hold: () => {
      let release = (): void => undefined;
      gate = new Promise((resolve) => (release = resolve));
      return release;
    },
  };
}

describe('the credential directory', () => {
  it('finds secret and caller of an access key', async () => {
    const { directory } = await suite();
    const credential = (await directory.findSigningSecret(id))!;
    expect(shown(credential.secretAccessKey)).toBe('secret');
    expect(credential.principal).toMatchObject({ type: 'Root', account: '111122223333', accessKeyId: id });
  });

  it('answers at once what it has in memory', async () => {
    const { directory, reads } = await suite();
    const first = await directory.findSigningSecret(id);
    const second = directory.findSigningSecret(id);
    expect(second).not.toBeInstanceOf(Promise);
    expect(second).toBe(first);
    expect(reads()).toBe(1);
  });

  it('remembers that an access key is unknown, until there is one', async () => {
    const { directory, reads, put } = await suite();
    expect(await directory.findSigningSecret('AKIANONE')).toBeUndefined();
    expect(directory.findSigningSecret('AKIANONE')).toBeUndefined();
    expect(reads()).toBe(1);
    await put({ id: 'AKIANONE' });
    expect(await directory.findSigningSecret('AKIANONE')).toBeDefined();
  });

  it('knows no inactive access key, and none that is deactivated while it is in memory', async () => {
    const { directory, put, dropped } = await suite();
    expect(await directory.findSigningSecret(id)).toBeDefined();
    await put({ status: 'Inactive' });
    expect(await directory.findSigningSecret(id)).toBeUndefined();
    expect(dropped).toEqual([id]);
  });

  it('never keeps what it read before a change: the read came back after the announcement', async () => {
    const { directory, put, hold } = await suite();
    const release = hold();
    const overtaken = directory.findSigningSecret(id);
    await put({ status: 'Inactive' });
    release();
    expect(await overtaken).toBeDefined();
    expect(await directory.findSigningSecret(id)).toBeUndefined();
  });

  it('never keeps that a key is unknown when it was made meanwhile', async () => {
    const { directory, put, hold } = await suite();
    const release = hold();
    const overtaken = directory.findSigningSecret('AKIANEW');
    await put({ id: 'AKIANEW' });
    release();
    expect(await overtaken).toBeUndefined();
    expect(await directory.findSigningSecret('AKIANEW')).toBeDefined();
  });

  it('trusts nothing while changes go unheard, and forgets all after the gap', async () => {
    const { directory, put, feed, reads, dropped } = await suite();
    await directory.findSigningSecret(id);
    feed.lose();
    await put({ status: 'Inactive' });
    expect(await directory.findSigningSecret(id)).toBeUndefined();
    await directory.findSigningSecret(id);
    expect(reads()).toBe(3);
    feed.restore();
    expect(dropped).toEqual([undefined]);
    expect(await directory.findSigningSecret(id)).toBeUndefined();
    expect(reads()).toBe(4);
  });

  it('does not keep what it read before a gap and got after it', async () => {
    const { directory, put, feed, hold } = await suite();
    const release = hold();
    const overtaken = directory.findSigningSecret(id);
    feed.lose();
    await put({ status: 'Inactive' });
    feed.restore();
    release();
    await overtaken;
    expect(await directory.findSigningSecret(id)).toBeUndefined();
  });

  it('reads again when an entry has reached its age', async () => {
    const { directory, clock, reads } = await suite();
    await directory.findSigningSecret(id);
    clock.advance(999);
    await directory.findSigningSecret(id);
    expect(reads()).toBe(1);
    clock.advance(1);
    await directory.findSigningSecret(id);
    expect(reads()).toBe(2);
  });

  it('holds no more than its capacity, however many unknown keys are tried', async () => {
    const { directory, reads } = await suite({ capacity: 2 });
    for (const name of ['AKIA1', 'AKIA2', 'AKIA3']) await directory.findSigningSecret(name);
    await directory.findSigningSecret('AKIA3');
    await directory.findSigningSecret('AKIA2');
    expect(reads()).toBe(3);
    await directory.findSigningSecret('AKIA1');
    expect(reads()).toBe(4);
  });

  it('drops the access key that changed and no other', async () => {
    const { directory, put, feed, reads } = await suite();
    await put({ id: 'AKIAOTHER' });
    await directory.findSigningSecret(id);
    await put({ id: 'AKIAOTHER' });
    feed.announce([{ kind: 'key', name: { region: parseRegion('eu-central-1')!, id: 'x' as never } }]);
    await directory.findSigningSecret(id);
    expect(reads()).toBe(1);
  });

  it('lets a secret that cannot be unwrapped be a fault, and keeps no answer of it', async () => {
    const secrets: SecretWrapping = { ...boundSecrets, unwrap: () => Promise.reject(new Error('wrong root key')) };
    const { directory, reads } = await suite({ secrets });
    await expect(directory.findSigningSecret(id)).rejects.toThrow('wrong root key');
    await expect(directory.findSigningSecret(id)).rejects.toThrow('wrong root key');
    expect(reads()).toBe(2);
  });
});
