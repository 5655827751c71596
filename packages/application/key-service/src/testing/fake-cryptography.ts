import { createHash, timingSafeEqual } from 'node:crypto';
import type {
  DataKeyPairSource,
  KeyAgreement,
  KeyEncapsulation,
  MacGeneration,
  SignedInput,
  Signing,
  SymmetricEncryption,
} from '@keywarden/crypto';
import { SecretBytes, accept, refuse } from '@keywarden/kernel';
import type { KmsKey } from '@keywarden/keys';
import { aSecret, shown } from './fake-materials';

const digest = (...parts: readonly string[]): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(JSON.stringify(parts)).digest());

const same = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && timingSafeEqual(left, right);

const signatureOf = (key: KmsKey, { algorithm, message }: SignedInput): Uint8Array =>
  digest(key.id, algorithm, shown(message));

/** "Signatures" are hashes of key id, algorithm and message. */
export const fakeSigning: Signing = {
  sign: async ({ key }, input) => accept(signatureOf(key, input)),
  verify: async ({ key }, input, signature) => accept(same(signatureOf(key, input), signature)),
};

export const fakeMacs: MacGeneration = {
  generate: async ({ key }, algorithm, message) => digest(key.id, algorithm, shown(message)),
  verify: async ({ key }, algorithm, message, mac) => same(digest(key.id, algorithm, shown(message)), mac),
};

/** Takes every peer key but an empty or `unsuitable` one. */
export const fakeAgreement: KeyAgreement = {
  deriveSharedSecret: async ({ key }, peer) =>
    Buffer.from(peer).toString() === 'unsuitable'
      ? refuse({ code: 'PeerKeyUnsuitable' })
      : accept(SecretBytes.adopt(digest(key.id, Buffer.from(peer).toString()))),
};

/** Ciphertexts are 768 bytes; the secret is a hash of them. */
export const fakeEncapsulation: KeyEncapsulation = {
  encapsulate: async ({ key }) => {
    const ciphertext = new Uint8Array(768).fill(7);
    return { secret: SecretBytes.adopt(digest(key.id, ciphertext.join())), ciphertext };
  },
  decapsulate: async ({ key }, ciphertext) =>
    ciphertext.length === 768
      ? accept(SecretBytes.adopt(digest(key.id, ciphertext.join())))
      : refuse({ code: 'CiphertextRefused' }),
};

/** "Ciphertexts" are JSON in clear, so that tests see what was bound to what. */
export const fakeSymmetric: SymmetricEncryption = {
  encrypt: async ({ key }, plaintext, context) =>
    accept(
      Uint8Array.from(
        Buffer.from(JSON.stringify({ id: key.id, material: key.currentMaterialId, text: shown(plaintext), context })),
      ),
    ),
  decrypt: async () => refuse({ code: 'CiphertextRefused' }),
};

export const fakePairs: DataKeyPairSource = {
  take: async (spec) => ({ privateKey: aSecret(`private ${spec}`), publicKey: Uint8Array.from(Buffer.from(spec)) }),
};
