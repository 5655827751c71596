import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DecryptCommand,
  DeriveSharedSecretCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateRandomCommand,
  GetPublicKeyCommand,
  type KMSClient,
  type RecipientInfo,
} from '@aws-sdk/client-kms';
import { anAttestationDocument, trustRoots } from '@keywarden/nitro-attestation/testing';
import { aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { withOpenSsl } from './testing/openssl';
import { members, refusal, refused } from './testing/refused';

const folder = mkdtempSync(join(tmpdir(), 'keywarden-attestation-'));
const rootsFile = join(folder, 'roots.pem');
writeFileSync(rootsFile, trustRoots());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trusting = aService({ environment: { KEYWARDEN_ATTESTATION_ROOTS_FILE: rootsFile } });
let client: KMSClient;
beforeAll(() => {
  client = trusting.client();
});

const enclave = generateKeyPairSync('rsa', { modulusLength: 2048 });
const spki = enclave.publicKey.export({ format: 'der', type: 'spki' });
const materialId = expect.stringMatching(/^[0-9a-f]{64}$/);
const bytes = expect.any(Uint8Array);
const invalid = refusal('ValidationException', 'The attestation document is not valid.');

/** What an enclave sends along: a document made now, for its own public key. */
const recipient = (...parts: Parameters<typeof anAttestationDocument> | []): RecipientInfo => {
  const [publicKey = spki, more = {}] = parts;
  const fields = { timestamp: Date.now(), ...more.fields };
  return {
    KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
    AttestationDocument: anAttestationDocument(publicKey, { ...more, fields }),
  };
};

/** Opened by the openssl program with the private key of the enclave. */
const opened = async (sealed: Uint8Array | undefined): Promise<Buffer> =>
  withOpenSsl(async ({ file, openssl, read }) => {
    const key = await file('key.pem', enclave.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await openssl(
      ...['cms', '-decrypt', '-binary', '-inform', 'DER', '-inkey', key],
      ...['-in', await file('sealed', sealed ?? ''), '-out', await file('opened')],
    );
    return read('opened');
  });

describe('an answer for an attested recipient', () => {
  it('of Decrypt has the plaintext for the enclave alone', async () => {
    const { id: KeyId, arn } = await aKey(client);
    const text = Buffer.from('for the enclave ✓');
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext: text }));
    const answer = await client.send(new DecryptCommand({ CiphertextBlob, Recipient: recipient() }));
    expect(members(answer)).toEqual({
      KeyId: arn,
      CiphertextForRecipient: bytes,
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyMaterialId: materialId,
    });
    expect(await opened(answer.CiphertextForRecipient)).toEqual(text);
    expect(Buffer.from(answer.CiphertextForRecipient ?? []).includes(text)).toBe(false);
  });

  it('of Decrypt by an RSA key too', async () => {
    const { id: KeyId } = await aKey(client, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256';
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId, Plaintext: Buffer.from('x'), EncryptionAlgorithm }),
    );
    const answer = await client.send(
      new DecryptCommand({ KeyId, CiphertextBlob, EncryptionAlgorithm, Recipient: recipient() }),
    );
    expect(answer).not.toHaveProperty('Plaintext');
    expect((await opened(answer.CiphertextForRecipient)).toString()).toBe('x');
  });

  it('of GenerateDataKey is the data key that Decrypt gives', async () => {
    const { id: KeyId, arn } = await aKey(client);
    const answer = await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', Recipient: recipient() }));
    expect(members(answer)).toEqual({
      KeyId: arn,
      CiphertextBlob: bytes,
      CiphertextForRecipient: bytes,
      KeyMaterialId: materialId,
    });
    const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob: answer.CiphertextBlob }));
    expect(await opened(answer.CiphertextForRecipient)).toEqual(Buffer.from(Plaintext ?? []));
  });

  it('of GenerateDataKeyPair is the private key of the public one', async () => {
    const { id: KeyId, arn } = await aKey(client);
    const KeyPairSpec = 'ECC_NIST_P256';
    const answer = await client.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec, Recipient: recipient() }));
    expect(members(answer)).toEqual({
      KeyId: arn,
      KeyPairSpec,
      PublicKey: bytes,
      PrivateKeyCiphertextBlob: bytes,
      CiphertextForRecipient: bytes,
      KeyMaterialId: materialId,
    });
    const key = await opened(answer.CiphertextForRecipient);
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    const derived = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
    expect(derived).toEqual(Buffer.from(answer.PublicKey ?? []));
  });

  it('of GenerateRandom has as many bytes as asked for', async () => {
    const answer = await client.send(new GenerateRandomCommand({ NumberOfBytes: 1_024, Recipient: recipient() }));
    expect(members(answer)).toEqual({ CiphertextForRecipient: bytes });
    expect(await opened(answer.CiphertextForRecipient)).toHaveLength(1_024);
  });

  it('of DeriveSharedSecret is the secret of both sides', async () => {
    const { id: KeyId, arn } = await aKey(client, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' });
    const peer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const answer = await client.send(
      new DeriveSharedSecretCommand({
        KeyId,
        KeyAgreementAlgorithm: 'ECDH',
        PublicKey: peer.publicKey.export({ format: 'der', type: 'spki' }),
        Recipient: recipient(),
      }),
    );
    expect(members(answer)).toEqual({
      KeyId: arn,
      CiphertextForRecipient: bytes,
      KeyAgreementAlgorithm: 'ECDH',
      KeyOrigin: 'AWS_KMS',
    });
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
    const publicKey = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    expect(await opened(answer.CiphertextForRecipient)).toEqual(
      diffieHellman({ privateKey: peer.privateKey, publicKey }),
    );
  });

  it('comes for another enclave key each time, which cannot be read by the first', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey.export({ format: 'der', type: 'spki' });
    const answer = await client.send(new GenerateRandomCommand({ NumberOfBytes: 16, Recipient: recipient(other) }));
    const reading = opened(answer.CiphertextForRecipient).then((text) => text.length);
    await expect(reading).rejects.toThrow();
  });
});

describe('an attestation document is refused', () => {
  const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
  const changed = (): RecipientInfo => {
    const good = recipient();
    const document = Uint8Array.from(good.AttestationDocument ?? [], (byte, at) => (at === 200 ? byte ^ 1 : byte));
    return { ...good, AttestationDocument: document };
  };
  it.each<[string, () => RecipientInfo]>([
    ['that is no document', () => ({ ...recipient(), AttestationDocument: randomBytes(500) })],
    ['in which a bit was changed', changed],
    ['of another root', () => recipient(spki, { chain: ['impostor-root', 'impostor-enclave'] })],
    ['that is too old', () => recipient(spki, { fields: { timestamp: Date.now() - 600_000 } })],
    ['from the future', () => recipient(spki, { fields: { timestamp: Date.now() + 600_000 } })],
    ['without a public key', () => recipient(null)],
    ['for a key that is not RSA', () => recipient(ecKey)],
  ])('%s', async (_, make) => {
    const call = client.send(new GenerateRandomCommand({ NumberOfBytes: 16, Recipient: make() }));
    expect(await refused(call)).toEqual(invalid);
  });

  it('before anything is encrypted, and without the data key', async () => {
    const { id: KeyId } = await aKey(client);
    const { text } = await trusting.wire('GenerateDataKey', {
      KeyId,
      KeySpec: 'AES_256',
      Recipient: { KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256', AttestationDocument: 'AAAA' },
    });
    expect(JSON.parse(text)).toEqual({ __type: 'ValidationException', message: invalid.message });
  });

  it('when its answer is asked for in another way than RSAES_OAEP_SHA_256', async () => {
    const { status, text } = await trusting.wire('GenerateRandom', {
      NumberOfBytes: 16,
      Recipient: { KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_1', AttestationDocument: 'AAAA' },
    });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      __type: 'ValidationException',
      message: expect.stringContaining("at 'recipient.keyEncryptionAlgorithm'"),
    });
  });
});

describe('a service without attestation roots', () => {
  const service = aService();
  const none = refusal('ValidationException', 'Recipient is not accepted: no attestation trust root is configured.');

  it('refuses every request with a Recipient', async () => {
    const plain = service.client();
    const { id: KeyId } = await aKey(plain);
    const agreeing = await aKey(plain, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' });
    const { CiphertextBlob } = await plain.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
    const PublicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
      format: 'der',
      type: 'spki',
    });
    const Recipient = recipient();
    for (const call of [
      plain.send(new DecryptCommand({ CiphertextBlob, Recipient })),
      plain.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', Recipient })),
      plain.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256', Recipient })),
      plain.send(new GenerateRandomCommand({ NumberOfBytes: 16, Recipient })),
      plain.send(
        new DeriveSharedSecretCommand({ KeyId: agreeing.id, KeyAgreementAlgorithm: 'ECDH', PublicKey, Recipient }),
      ),
    ]) {
      expect(await refused(call)).toEqual(none);
    }
  });
});
