import { sameAccountAuthoriser } from '@keywarden/authorization';
import type { AttestedRecipients } from '@keywarden/crypto';
import { SecretBytes, type Result } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { CiphertextKeys } from './ciphertext-key';
import { DataKeyPairHandlers } from './data-key-pairs';
import { DataKeyHandlers } from './data-keys';
import { DecryptHandler } from './decrypt';
import { EncryptHandler } from './encrypt';
import { GenerateRandomHandler } from './generate-random';
import { type Recipient, handOver } from './recipient';
import { DeriveSharedSecretHandler } from './shared-secret';
import { fakeAgreement, fakePairs } from './testing/fake-cryptography';
import { aSecret } from './testing/fake-materials';
import { believedDocument, fakeRecipients, readByEnclave } from './testing/fake-recipients';
import { countingSecrets } from './testing/key-service-suite';
import { aKeyOf, operationSuite } from './testing/operation-suite';
import { sealingAsymmetric, sealingSymmetric } from './testing/sealing-encryption';

type Answer = Result<{ readonly ciphertextForRecipient?: Uint8Array }, { readonly code: string }>;

const key = aKeyOf('SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT');
const agreementKey = aKeyOf('ECC_NIST_P256', 'KEY_AGREEMENT');
const ports = { symmetric: sealingSymmetric, asymmetric: sealingAsymmetric };
const attested: Recipient = { keyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256', attestationDocument: believedDocument };

/** Each operation with a Recipient, called with a given one. */
const operations: Record<string, (recipient: Recipient, recipients?: AttestedRecipients) => Promise<Answer>> = {
  Decrypt: async (recipient, recipients) => {
    const suite = operationSuite(key);
    const encrypt = new EncryptHandler(suite.door, ports);
    const sealed = accepted(await encrypt.handle(suite.context(), { keyId: key.id, plaintext: aSecret('hello') }));
    const decrypt = new DecryptHandler(new CiphertextKeys(suite.door, suite.directory), ports, recipients);
    return decrypt.handle(suite.context(), { ciphertextBlob: sealed.ciphertextBlob, recipient });
  },
  GenerateDataKey: async (recipient, recipients) => {
    const suite = operationSuite(key);
    const handlers = new DataKeyHandlers(suite.door, sealingSymmetric, countingSecrets, recipients);
    return handlers.generateDataKey(suite.context(), { keyId: key.id, keySpec: 'AES_256', recipient });
  },
  GenerateDataKeyPair: async (recipient, recipients) => {
    const suite = operationSuite(key);
    const handlers = new DataKeyPairHandlers(suite.door, sealingSymmetric, fakePairs, () => true, recipients);
    return handlers.generateDataKeyPair(suite.context(), { keyId: key.id, keyPairSpec: 'RSA_2048', recipient });
  },
  GenerateRandom: async (recipient, recipients) => {
    const handler = new GenerateRandomHandler(sameAccountAuthoriser, countingSecrets, recipients);
    return handler.handle(operationSuite().context(), { numberOfBytes: 3, recipient });
  },
  DeriveSharedSecret: async (recipient, recipients) => {
    const suite = operationSuite(agreementKey);
    return new DeriveSharedSecretHandler(suite.door, fakeAgreement, recipients).handle(suite.context(), {
      keyId: agreementKey.id,
      keyAgreementAlgorithm: 'ECDH',
      publicKey: Uint8Array.of(1, 2, 3),
      recipient,
    });
  },
};

const secrets: Record<string, RegExp> = {
  Decrypt: /^hello$/,
  GenerateDataKey: new RegExp(`^${String.fromCharCode(1, 2, 3)}`),
  GenerateDataKeyPair: /^private RSA_2048$/,
  GenerateRandom: new RegExp(`^${String.fromCharCode(1, 2, 3)}$`),
  DeriveSharedSecret: /^[^]{32}$/,
};

describe.each(Object.entries(operations))('%s for a recipient', (name, call) => {
  it('answers what only the enclave can read, and no plaintext beside it', async () => {
    const answer = accepted(await call(attested, fakeRecipients));
    expect(readByEnclave(answer.ciphertextForRecipient).toString('latin1')).toMatch(secrets[name] ?? /^$/);
    const given = Object.values(answer).filter((value) => value !== undefined);
    expect(given.some((value) => (value as unknown) instanceof SecretBytes)).toBe(false);
  });

  it.each([
    ['not believed', { ...attested, attestationDocument: Uint8Array.of(0) }],
    ['missing', { keyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256' }],
  ])('refuses an attestation document that is %s', async (_what, recipient) => {
    expect(refused(await call(recipient, fakeRecipients)).code).toBe('AttestationRefused');
  });

  it('refuses every recipient without a configured trust root', async () => {
    expect(refused(await call(attested))).toEqual({ code: 'RecipientNotSupported' });
  });
});

describe('handOver', () => {
  it('wipes a secret that was encrypted for the recipient, even when that fails', async () => {
    const verified = accepted(fakeRecipients.verify(believedDocument, operationSuite().context().now));
    const sent = Uint8Array.of(7);
    await handOver(SecretBytes.adopt(sent), verified);
    expect([...sent]).toEqual([0]);

    const lost = Uint8Array.of(7);
    const broken = { ...verified, encrypt: () => Promise.reject(new Error('no entropy')) };
    await expect(handOver(SecretBytes.adopt(lost), broken)).rejects.toThrow('no entropy');
    expect([...lost]).toEqual([0]);
  });
});
