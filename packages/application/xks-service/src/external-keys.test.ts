import { RequestNotes } from '@keywarden/audit';
import { policyAuthoriser } from '@keywarden/authorization';
import { aPolicy, aUser, rootOf } from '@keywarden/authorization/testing';
import type { ExternalCiphertext, ExternalKeyEncryption } from '@keywarden/crypto';
import { openInMemory } from '@keywarden/in-memory';
import { type AccountId, SecretBytes, accept, refuse } from '@keywarden/kernel';
import { SettableClock, accepted, refused } from '@keywarden/kernel/testing';
import type { KmsKey } from '@keywarden/keys';
import { aKmsKey, plenty } from '@keywarden/keys/testing';
import { KeyDirectory, KeyDoor, type RequestContext } from '@keywarden/key-service';
import { ExternalKeys } from './external-keys';
import { shown } from './testing/bound-secrets';
import { aXksStore } from './testing/xks-store-repository-contract';

const none = new Uint8Array();
const secret = (): SecretBytes => SecretBytes.copyOf(Buffer.from('Hello World!'));

/** Seals but hides nothing. */
const encryption: ExternalKeyEncryption = {
  encrypt: async ({ key }, plaintext) => ({
    ciphertext: plaintext.expose((bytes) => Uint8Array.from(bytes)),
    initializationVector: new Uint8Array(16),
    authenticationTag: new Uint8Array(16),
    ciphertextMetadata: Uint8Array.from(Buffer.from(key.id.slice(0, 20))),
  }),
  decrypt: async ({ key }, sealed) =>
    Buffer.from(sealed.ciphertextMetadata).toString() === key.id.slice(0, 20)
      ? accept(SecretBytes.copyOf(sealed.ciphertext))
      : refuse({ code: 'CiphertextRefused' }),
};

async function serving(changes: Partial<KmsKey> = {}, identity?: string) {
  const allowed = aPolicy({ Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey'] });
  const policy = aPolicy({ Principal: { AWS: rootOf(aKmsKey().account) } });
  const key = aKmsKey({ policy, ...changes });
  const { keys, aliases, feed } = openInMemory();
  accepted(await keys.insert(key, plenty));
  const clock = new SettableClock();
  const derived = { forget: () => undefined, clear: () => undefined };
  const directory = new KeyDirectory(keys, aliases, feed, derived, clock, { capacity: 10, maxAgeMs: 60_000 });
  const door = new KeyDoor(directory, policyAuthoriser());
  const context: RequestContext = {
    caller: aUser([identity ?? allowed]),
    region: key.region,
    now: clock.now(),
    requestId: '0b7b5f0c-0000-4000-8000-000000000000',
    sourceIp: undefined,
    secureTransport: true,
    userAgent: undefined,
    notes: new RequestNotes(),
  };
  const store = aXksStore({
    account: aKmsKey().account,
    region: key.region,
    keys: [{ externalKeyId: 'k', keyId: key.id }],
  });
  const external = new ExternalKeys(door, encryption);
  return {
    metadata: (id = 'k') => external.metadata(context, store, id),
    encrypt: (id = 'k') => external.encrypt(context, store, id, secret(), none),
    decrypt: (sealed: ExternalCiphertext, id = 'k') => external.decrypt(context, store, id, sealed, none),
  };
}

const sealed: ExternalCiphertext = {
  ciphertext: Uint8Array.of(1),
  initializationVector: new Uint8Array(16),
  authenticationTag: new Uint8Array(16),
  ciphertextMetadata: Uint8Array.from(Buffer.from(aKmsKey().id.slice(0, 20))),
};

describe('KMS keys as external keys', () => {
  it('are described as the API wants it, encrypt, and decrypt again', async () => {
    const { metadata, encrypt, decrypt } = await serving();
    expect(accepted(await metadata())).toEqual({
      keySpec: 'AES_256',
      keyUsage: ['ENCRYPT', 'DECRYPT'],
      keyStatus: 'ENABLED',
    });
    expect(shown(accepted(await decrypt(accepted(await encrypt()))))).toBe('Hello World!');
  });

  it('are known by the names the store offers alone', async () => {
    const { metadata, encrypt, decrypt } = await serving();
    for (const id of ['other', aKmsKey().id, 'K', '__proto__']) {
      expect(refused(await metadata(id))).toEqual({ code: 'ExternalKeyUnknown' });
      expect(refused(await encrypt(id))).toEqual({ code: 'ExternalKeyUnknown' });
      expect(refused(await decrypt(sealed, id))).toEqual({ code: 'ExternalKeyUnknown' });
    }
  });

  it('obey the policies of the user in whose name the store asks', async () => {
    const { encrypt, decrypt } = await serving({}, aPolicy({ Action: 'kms:Encrypt' }));
    accepted(await encrypt());
    expect(refused(await decrypt(sealed))).toEqual({ code: 'ExternalKeyDenied' });
  });

  it('obey the key policy', async () => {
    const { encrypt } = await serving({ policy: aPolicy({ Principal: { AWS: rootOf('444455556666' as AccountId) } }) });
    expect(refused(await encrypt())).toEqual({ code: 'ExternalKeyDenied' });
  });

  it.each(['Disabled', 'PendingImport'] as const)('are not available while %s', async (kind) => {
    const { metadata, encrypt, decrypt } = await serving({ state: { kind } });
    expect(accepted(await metadata()).keyStatus).toBe('DISABLED');
    expect(refused(await encrypt())).toEqual({ code: 'ExternalKeyUnavailable' });
    expect(refused(await decrypt(sealed))).toEqual({ code: 'ExternalKeyUnavailable' });
  });

  it('say of a key of another kind what it is, and neither encrypt nor decrypt with it', async () => {
    const { metadata, encrypt } = await serving({ spec: 'RSA_2048' });
    expect(accepted(await metadata())).toMatchObject({ keySpec: 'RSA_2048', keyUsage: [] });
    expect(refused(await encrypt())).toEqual({ code: 'ExternalKeyUnsuitable' });
  });

  it('refuse a ciphertext that does not verify, whatever the reason', async () => {
    const { decrypt } = await serving();
    expect(refused(await decrypt({ ...sealed, ciphertextMetadata: none }))).toEqual({
      code: 'ExternalCiphertextRefused',
    });
  });
});
