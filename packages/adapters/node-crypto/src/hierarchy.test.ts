import { materialBinding, soleRootKey, type StoredDomainKey } from '@keywarden/crypto';
import { InMemoryDomainKeys, InMemoryRootKey } from '@keywarden/crypto/testing';
import { type AccountId, type KeyId, type Region, SecretBytes } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import type { KmsKey } from '@keywarden/keys';
import { DomainKeyUnusableError, DomainKeys } from './domain-keys';
import { NodeSecretWrapping } from './node-secret-wrapping';
import { CryptoStack } from './testing/a-crypto-stack';
import { MaterialUnusableError, UnwrappedMaterials, placeOf } from './unwrapped-materials';
import { verifyRootKeys } from './verify-root-keys';

const otherAccount = '444455556666' as AccountId;
const otherRegion = 'us-east-1' as Region;
const secret = (): SecretBytes => SecretBytes.copyOf(new Uint8Array(32).fill(5));
const bytesOf = (given: SecretBytes | undefined): string | undefined =>
  given?.expose((bytes) => Buffer.from(bytes).toString('hex'));

describe('wrapped material', () => {
  it('unwraps for the key it was made for', async () => {
    const stack = new CryptoStack();
    const key = await stack.makeKey();
    const unwrapped = await stack.materials.get(key, key.materials[0]!);
    expect(unwrapped.symmetricKeySize).toBe(32);
  });

  it.each<[string, Partial<KmsKey>]>([
    ['another key', { id: '00000000-0000-4000-8000-000000000000' as KeyId }],
    ['another account', { account: otherAccount }],
    ['another Region', { region: otherRegion }],
    ['another spec', { spec: 'HMAC_256' }],
  ])('does not unwrap when its row is copied onto %s', async (_what, change) => {
    const stack = new CryptoStack();
    const key = await stack.makeKey();
    const copied = { ...key, ...change };
    await expect(stack.materials.get(copied, copied.materials[0]!)).rejects.toThrow(MaterialUnusableError);
  });

  it('does not unwrap as another material of the same key', async () => {
    const stack = new CryptoStack();
    const key = await stack.withMaterial(await stack.makeKey());
    const [first, second] = key.materials;
    await expect(stack.materials.get(key, { ...first!, wrapped: second!.wrapped! })).rejects.toThrow(
      MaterialUnusableError,
    );
  });

  it('does not unwrap as a secret, nor a secret as material', async () => {
    const stack = new CryptoStack();
    const key = await stack.makeKey();
    const wrapping = new NodeSecretWrapping(stack.domainKeys);
    const place = { ...key, purpose: 'secret-access-key', name: 'AKIA' };
    await expect(wrapping.unwrap(place, key.materials[0]!.wrapped!)).rejects.toThrow('does not unwrap');
    const wrapped = await wrapping.wrap(place, secret());
    expect(await stack.domainKeys.open(key, materialBinding(placeOf(key, key.materials[0]!)), wrapped)).toBeUndefined();
  });

  it('does not unwrap with any one byte changed or cut', async () => {
    const { domainKeys } = new CryptoStack();
    const owner = { account: otherAccount, region: otherRegion };
    const binding = Uint8Array.of(1);
    const sealed = await domainKeys.seal(owner, binding, secret());
    expect(bytesOf(await domainKeys.open(owner, binding, sealed))).toBe('05'.repeat(32));
    for (let index = 0; index < sealed.length; index += 1) {
      const damaged = Uint8Array.from(sealed);
      damaged[index] = (damaged[index] ?? 0) ^ 1;
      expect(await domainKeys.open(owner, binding, damaged)).toBeUndefined();
      expect(await domainKeys.open(owner, binding, sealed.subarray(0, index))).toBeUndefined();
    }
  });

  it('is rewrapped for a replica: the same material and id, another place', async () => {
    const stack = new CryptoStack();
    const key = await stack.makeKey();
    const material = key.materials[0]!;
    const from = placeOf(key, material);
    const wrapped = await stack.factory.rewrap(material.wrapped!, from, { ...from, region: otherRegion });
    const replica = { ...key, region: otherRegion };
    const [here, there] = [
      await stack.materials.get(key, material),
      await stack.materials.get(replica, { ...material, wrapped }),
    ];
    expect(here.equals(there)).toBe(true);
    await expect(stack.factory.rewrap(wrapped, from, from)).rejects.toThrow(MaterialUnusableError);
  });
});

describe('domain keys', () => {
  const owner = { account: otherAccount, region: otherRegion };

  it('are made once, however many nodes need one first', async () => {
    const [root, repository] = [new InMemoryRootKey(), new InMemoryDomainKeys()];
    const nodes = Array.from({ length: 8 }, () => new DomainKeys(soleRootKey(root), repository));
    const sealed = await Promise.all(nodes.map((node) => node.seal(owner, Uint8Array.of(), secret())));
    expect(await repository.list(owner.account, owner.region)).toHaveLength(1);
    const late = new DomainKeys(soleRootKey(root), repository);
    for (const box of sealed) expect(bytesOf(await late.open(owner, Uint8Array.of(), box))).toBe('05'.repeat(32));
  });

  it('differ between accounts and Regions', async () => {
    const { domainKeys } = new CryptoStack();
    const sealed = await domainKeys.seal(owner, Uint8Array.of(), secret());
    for (const other of [
      { ...owner, region: 'eu-central-1' as Region },
      { ...owner, account: '111122223333' as AccountId },
    ]) {
      expect(await domainKeys.open(other, Uint8Array.of(), sealed)).toBeUndefined();
    }
  });

  it('are seen after a rotation elsewhere, old and new', async () => {
    const [root, repository] = [new InMemoryRootKey(), new InMemoryDomainKeys()];
    const node = new DomainKeys(soleRootKey(root), repository);
    const old = await node.seal(owner, Uint8Array.of(), secret());
    const rotation = await rotatedDomainKey(root, owner, 2);
    await repository.insertIfAbsent(rotation);
    const elsewhere = new DomainKeys(soleRootKey(root), repository);
    const fresh = await elsewhere.seal(owner, Uint8Array.of(), secret());
    expect(fresh[4]).toBe(2);
    for (const box of [old, fresh]) expect(bytesOf(await node.open(owner, Uint8Array.of(), box))).toBeDefined();
  });

  it.each([
    ['another account and Region', (key: StoredDomainKey) => ({ ...key, account: '111122223333' as AccountId })],
    ['another version', (key: StoredDomainKey) => ({ ...key, version: 2 })],
  ])('do not open when a row is copied to %s', async (_what, change) => {
    const [root, repository] = [new InMemoryRootKey(), new InMemoryDomainKeys()];
    await repository.insertIfAbsent(change(await rotatedDomainKey(root, owner, 1)));
    const copied = (await repository.samples())[0]!;
    await expect(new DomainKeys(soleRootKey(root), repository).seal(copied, Uint8Array.of(), secret())).rejects.toThrow(
      DomainKeyUnusableError,
    );
  });

  async function rotatedDomainKey(root: InMemoryRootKey, at: typeof owner, version: number): Promise<StoredDomainKey> {
    const scratch = new InMemoryDomainKeys();
    await new DomainKeys(soleRootKey(root), scratch).seal(at, Uint8Array.of(), secret());
    const made = (await scratch.samples())[0]!;
    if (version === 1) return made;
    const { domainKeyBinding } = await import('@keywarden/crypto');
    return { ...made, version, wrapped: await root.wrap(secret(), domainKeyBinding(at, version)) };
  }
});

describe('verifyRootKeys', () => {
  it('accepts any root key for an empty database and the right one later', async () => {
    const stack = new CryptoStack();
    accepted(await verifyRootKeys(soleRootKey(stack.root), stack.repository));
    await stack.makeKey();
    accepted(await verifyRootKeys(soleRootKey(stack.root), stack.repository));
  });

  it('refuses another root key, by name or under the same name', async () => {
    const stack = new CryptoStack();
    await stack.makeKey();
    for (const other of [new InMemoryRootKey('other'), new InMemoryRootKey(stack.root.id)]) {
      expect(refused(await verifyRootKeys(soleRootKey(other), stack.repository))).toEqual({
        code: 'RootKeyMismatch',
        expected: stack.root.id,
      });
    }
  });
});

it('does not even try a stored domain key of another root key', async () => {
  const stack = new CryptoStack();
  await stack.makeKey();
  const [stored] = await stack.repository.list('111122223333' as AccountId, 'eu-central-1' as Region);
  const renamed = new InMemoryDomainKeys();
  await renamed.insertIfAbsent({ ...stored!, rootKeyId: 'another' });
  const unwrap = jest.spyOn(stack.root, 'unwrap');
  expect(refused(await verifyRootKeys(soleRootKey(stack.root), renamed))).toMatchObject({ expected: 'another' });
  await expect(
    new DomainKeys(soleRootKey(stack.root), renamed).seal(stored!, Uint8Array.of(), secret()),
  ).rejects.toThrow(DomainKeyUnusableError);
  expect(unwrap).not.toHaveBeenCalled();
});

describe('unwrapped materials in memory', () => {
  it('are loaded once when many ask at once', async () => {
    const stack = new CryptoStack();
    const key = await stack.makeKey();
    const open = jest.spyOn(stack.domainKeys, 'open');
    await Promise.all(Array.from({ length: 20 }, () => stack.materials.get(key, key.materials[0]!)));
    await stack.materials.get(key, key.materials[0]!);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('go after their age', async () => {
    let now = 0;
    const stack = new CryptoStack({ cache: { maxEntries: 9, maxAgeMs: 1_000 }, monotonicNow: () => now });
    const key = await stack.makeKey();
    await stack.materials.get(key, key.materials[0]!);
    now = 999;
    expect(stack.materials.warm(key, key.materials[0]!)).toBeDefined();
    now = 1_000;
    expect(stack.materials.warm(key, key.materials[0]!)).toBeUndefined();
  });

  it('go when there are too many, the least recently used first', async () => {
    const stack = new CryptoStack({ cache: { maxEntries: 2, maxAgeMs: 1_000 }, monotonicNow: () => 0 });
    const keys = [await stack.makeKey(), await stack.makeKey(), await stack.makeKey()];
    const warm = (index: number): boolean =>
      stack.materials.warm(keys[index]!, keys[index]!.materials[0]!) !== undefined;
    for (const key of keys.slice(0, 2)) await stack.materials.get(key, key.materials[0]!);
    expect(warm(0)).toBe(true);
    await stack.materials.get(keys[2]!, keys[2]!.materials[0]!);
    expect([warm(0), warm(1), warm(2)]).toEqual([true, false, true]);
  });

  it('are forgotten key by key and all at once', async () => {
    const stack = new CryptoStack();
    const [first, second] = [await stack.makeKey(), await stack.makeKey()];
    for (const key of [first, second]) await stack.materials.get(key, key.materials[0]!);
    stack.materials.forget(first);
    expect(stack.materials.warm(first, first.materials[0]!)).toBeUndefined();
    expect(stack.materials.warm(second, second.materials[0]!)).toBeDefined();
    stack.materials.clear();
    expect(stack.materials.warm(second, second.materials[0]!)).toBeUndefined();
  });

  it('are not kept when they were forgotten while they loaded', async () => {
    const stack = new CryptoStack();
    const key = await stack.makeKey();
    const loading = stack.materials.get(key, key.materials[0]!);
    stack.materials.forget(key);
    await loading;
    expect(stack.materials.warm(key, key.materials[0]!)).toBeUndefined();
  });

  it('do not grow with materials that fail to unwrap', async () => {
    const stack = new CryptoStack();
    const key = { ...(await stack.makeKey()), region: otherRegion };
    const materials = new UnwrappedMaterials(stack.domainKeys);
    await expect(materials.get(key, key.materials[0]!)).rejects.toThrow(MaterialUnusableError);
    await expect(materials.get(key, { ...key.materials[0]!, wrapped: undefined! })).rejects.toThrow(
      MaterialUnusableError,
    );
  });
});
