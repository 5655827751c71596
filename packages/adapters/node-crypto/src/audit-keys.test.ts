import { generateKeyPairSync } from 'node:crypto';
import { checkpointStatement } from '@keywarden/audit';
import { soleRootKey } from '@keywarden/crypto';
import { InMemoryRootKey } from '@keywarden/crypto/testing';
import { openInMemory } from '@keywarden/in-memory';
import { parseRegion } from '@keywarden/kernel';
import { AuditHeadSeal, auditDigest, checkpointVerifier, openAuditKeys } from './audit-keys';
import { DomainKeys } from './domain-keys';
import { NodeSecretWrapping } from './node-secret-wrapping';

const home = parseRegion('eu-central-1')!;

function deployment() {
  const { domainKeys, signingKeys } = openInMemory();
  const rootKey = soleRootKey(new InMemoryRootKey());
  /** As each process opens them, with nothing in memory yet. */
  const open = () => openAuditKeys(signingKeys, new NodeSecretWrapping(new DomainKeys(rootKey, domainKeys)), home);
  return { signingKeys, open };
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
    const verify = checkpointVerifier(publicKey);
    const signature = signer.sign(checkpointStatement('{}'));
    expect(verify(checkpointStatement('{}'), signature)).toBe(true);
    expect(verify(checkpointStatement('{ }'), signature)).toBe(false);
    expect(verify(checkpointStatement('{}'), signer.sign('{}'))).toBe(false);
    expect(verify(checkpointStatement('{}'), '')).toBe(false);
  });

  it('do not unwrap where somebody exchanged them', async () => {
    const { signingKeys, open } = deployment();
    await open();
    const [stored] = await signingKeys.list();
    const exchanged = { list: async () => [{ ...stored!, id: 'another' }], insertIfAbsent: signingKeys.insertIfAbsent };
    const rootKey = soleRootKey(new InMemoryRootKey());
    const wrapping = new NodeSecretWrapping(new DomainKeys(rootKey, openInMemory().domainKeys));
    await expect(openAuditKeys(exchanged, wrapping, home)).rejects.toThrow('does not unwrap');
  });

  it('seal only what was sealed', async () => {
    const { seal } = await deployment().open();
    const sealed = seal.seal('one');
    expect(seal.holds('two', sealed)).toBe(false);
    expect(seal.holds('one', '')).toBe(false);
    expect(seal.holds('one', `${sealed.slice(0, -1)}${sealed.endsWith('0') ? '1' : '0'}`)).toBe(false);
    const other = (await deployment().open()).seal;
    expect(other).toBeInstanceOf(AuditHeadSeal);
    expect(other.holds('one', sealed)).toBe(false);
  });
});

describe('public keys', () => {
  const pem = (type: 'ed25519' | 'ed448'): string =>
    (type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448')).publicKey
      .export({ type: 'spki', format: 'pem' })
      .toString();

  it('may be several in one file', async () => {
    const { signingKeys, open } = deployment();
    const { signer } = await open();
    const [stored] = await signingKeys.list();
    const verify = checkpointVerifier(`${pem('ed25519')}\n${stored!.publicKey}`);
    expect(verify('statement', signer.sign('statement'))).toBe(true);
  });

  it.each([
    ['an empty file', '', 'no public key'],
    ['no key between the lines', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'cannot be read'],
    ['a key of Ed448', pem('ed448'), 'not of Ed25519'],
  ])('are refused when they are none: %s', (_what, text, why) => {
    expect(() => checkpointVerifier(text)).toThrow(why);
  });
});

it('hashes UTF-8 to hexadecimal', () => {
  expect(auditDigest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(auditDigest('ü')).toBe(auditDigest(Buffer.from([0xc3, 0xbc]).toString('utf8')));
});
