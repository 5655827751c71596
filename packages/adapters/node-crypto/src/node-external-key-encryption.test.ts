import { readFileSync } from 'node:fs';
import { anAuthorisedUse } from '@keywarden/authorization/testing';
import { materialBinding } from '@keywarden/crypto';
import { externalKeyEncryptionContract } from '@keywarden/crypto/testing';
import { SecretBytes } from '@keywarden/kernel';
import { accepted } from '@keywarden/kernel/testing';
import type { KmsKey, WrappedMaterial } from '@keywarden/keys';
import { aKmsKey } from '@keywarden/keys/testing';
import { NodeExternalKeyEncryption } from './node-external-key-encryption';
import { CryptoStack } from './testing/a-crypto-stack';
import { placeOf } from './unwrapped-materials';

externalKeyEncryptionContract(() => {
  const stack = new CryptoStack();
  return Promise.resolve({
    encryption: new NodeExternalKeyEncryption(stack.materials, stack.clock),
    makeKey: () => stack.makeKey(),
    rotated: (key) => stack.withMaterial(key),
  });
});

const golden = JSON.parse(readFileSync(`${__dirname}/testdata/golden-external-ciphertexts.json`, 'utf8')) as {
  readonly material: string;
  readonly keyId: KmsKey['id'];
  readonly materialId: NonNullable<KmsKey['currentMaterialId']>;
  readonly sealed: readonly {
    readonly aad: string;
    readonly plaintext: string;
    readonly ciphertext: string;
    readonly initializationVector: string;
    readonly authenticationTag: string;
    readonly ciphertextMetadata: string;
  }[];
};
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));

it.each(golden.sealed)('decrypts what metadata version 1 names: %#', async ({ aad, plaintext, ...sealed }) => {
  const stack = new CryptoStack();
  const key = aKmsKey({ id: golden.keyId, currentMaterialId: golden.materialId });
  const material = { ...key.materials[0]!, id: golden.materialId };
  const bytes = SecretBytes.copyOf(Buffer.from(golden.material, 'hex'));
  const wrapped = await stack.domainKeys.seal(key, materialBinding(placeOf(key, material)), bytes);
  const stored = { ...key, materials: [{ ...material, wrapped: wrapped as Uint8Array as WrappedMaterial }] };
  const opened = await new NodeExternalKeyEncryption(stack.materials, stack.clock).decrypt(
    anAuthorisedUse('kms:Decrypt', stored),
    {
      ciphertext: bytesOf(sealed.ciphertext),
      initializationVector: bytesOf(sealed.initializationVector),
      authenticationTag: bytesOf(sealed.authenticationTag),
      ciphertextMetadata: bytesOf(sealed.ciphertextMetadata),
    },
    bytesOf(aad),
  );
  expect(accepted(opened).expose((found) => Buffer.from(found).toString())).toBe(plaintext);
});
