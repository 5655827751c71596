import { type StoredSigningKey, checkpointStatement } from '@keywarden/audit';
import { soleRootKey } from '@keywarden/crypto';
import { InMemoryRootKey } from '@keywarden/crypto/testing';
import { openInMemory } from '@keywarden/in-memory';
import { instant, parseRegion } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import { auditDigest, openAuditKeys, rotateSigningKey } from './audit-keys';
import { checkpointTrust } from './checkpoint-trust';
import { DomainKeys } from './domain-keys';
import { NodeSecretWrapping } from './node-secret-wrapping';

const home = parseRegion('eu-central-1')!;

function deployment() {
  const { domainKeys, signingKeys } = openInMemory();
  const rootKey = soleRootKey(new InMemoryRootKey());
  /** As each process opens them, with nothing in memory yet. */
  const secrets = () => new NodeSecretWrapping(new DomainKeys(rootKey, domainKeys));
  const clock = new SettableClock();
  const open = () => openAuditKeys(signingKeys, secrets(), home, clock);
  const rotate = () => rotateSigningKey(signingKeys, secrets(), home, clock);
  return { signingKeys, open, rotate, secrets, clock };
}

describe('the keys of the audit trail', () => {
  it('are made once, and are the same in every process', async () => {
    const { signingKeys, open } = deployment();
    const [one, two, three] = await Promise.all([open(), open(), open()]);
    expect(await signingKeys.list()).toHaveLength(1);
    expect(new Set([one, two, three].map(({ signer }) => signer.keyId)).size).toBe(1);
    expect(two.seal.holds('statement', one.seal.seal('statement'))).toBe(true);
  });

  it('sign what the public key alone verifies', async () => {
    const { signingKeys, open } = deployment();
    const { signer } = await open();
    const publicKey = (await signingKeys.list())[0]!.publicKey;
    const verify = checkpointTrust(publicKey)([]);
    const signature = signer.sign(checkpointStatement('{}'));
    expect(verify(checkpointStatement('{}'), signature, signer.keyId)).toEqual({ order: 0, trusted: true });
    expect(verify(checkpointStatement('{ }'), signature, signer.keyId)).toBeUndefined();
    expect(verify(checkpointStatement('{}'), signer.sign('{}'), signer.keyId)).toBeUndefined();
    expect(verify(checkpointStatement('{}'), '', signer.keyId)).toBeUndefined();
    expect(verify(checkpointStatement('{}'), signature, 'another')).toBeUndefined();
  });

  it('do not unwrap where somebody exchanged them', async () => {
    const { signingKeys, open } = deployment();
    await open();
    const [stored] = await signingKeys.list();
    const exchanged = { list: async () => [{ ...stored!, id: 'another' }], insertIfAbsent: signingKeys.insertIfAbsent };
    const rootKey = soleRootKey(new InMemoryRootKey());
    const wrapping = new NodeSecretWrapping(new DomainKeys(rootKey, openInMemory().domainKeys));
    await expect(openAuditKeys(exchanged, wrapping, home, new SettableClock())).rejects.toThrow('does not unwrap');
  });

  it('seal only what was sealed', async () => {
    const { seal } = await deployment().open();
    const sealed = seal.seal('one');
    expect(seal.holds('two', sealed)).toBe(false);
    expect(seal.holds('one', '')).toBe(false);
    expect(seal.holds('one', `${sealed.slice(0, -1)}${sealed.endsWith('0') ? '1' : '0'}`)).toBe(false);
    const other = (await deployment().open()).seal;
    expect(other.holds('one', sealed)).toBe(false);
  });
});

describe('a rotation', () => {
  it('makes a key that every process uses once it has read the keys anew, and by which heads of before still hold', async () => {
    const { open, rotate, clock } = deployment();
    const [node, other] = [await open(), await open()];
    const [before, sealed] = [node.signer.keyId, node.seal.seal('head')];
    const made = await rotate();
    expect(node.signer.keyId).toBe(before);
    await node.refresh();
    expect(node.signer.keyId).toBe(made!.id);
    expect(made!.id).not.toBe(before);
    expect([before, made!.id, 'another'].map((id) => node.signer.mayFollow(id))).toEqual([true, true, false]);
    expect(node.seal.holds('head', sealed)).toBe(true);
    expect(node.seal.holds('head', other.seal.seal('head'))).toBe(true);
    expect(other.seal.holds('head', node.seal.seal('head'))).toBe(false);
    clock.advance(3_600_000);
    expect(node.seal.holds('head', sealed)).toBe(false);
  });

  it('at the same time as another makes one key', async () => {
    const { open, rotate, signingKeys } = deployment();
    await open();
    const made = await Promise.all([rotate(), rotate(), rotate()]);
    expect(made.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await signingKeys.list()).toHaveLength(2);
  });

  it('by who only writes to the database is not believed by any process', async () => {
    const { open, rotate, signingKeys, secrets, clock } = deployment();
    const node = await open();
    await rotate();
    const [first, second] = await signingKeys.list();
    const { succession } = second!;
    const keysOf = (...stored: StoredSigningKey[]) => ({
      list: async () => stored,
      insertIfAbsent: signingKeys.insertIfAbsent,
    });
    const attempts = [
      keysOf(second!, first!),
      keysOf(first!, { ...second!, succession: { ...succession!, at: instant(0) } }),
      keysOf(first!, { ...second!, succession: undefined }),
      keysOf(second!),
      keysOf(first!, first!),
    ];
    for (const keys of attempts) {
      await expect(openAuditKeys(keys, secrets(), home, clock)).rejects.toThrow('is not the successor');
    }
    await node.refresh();
    expect(node.signer.keyId).toBe(second!.id);
  });
});

it('hashes UTF-8 to hexadecimal', () => {
  expect(auditDigest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(auditDigest('ü')).toBe(auditDigest(Buffer.from([0xc3, 0xbc]).toString('utf8')));
});
