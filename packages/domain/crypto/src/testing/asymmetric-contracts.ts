import { randomBytes } from 'node:crypto';
import { anAuthorisedUse } from '@keywarden/authorization/testing';
import { SecretBytes } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import type { KeySpec, KmsKey, MacAlgorithm } from '@keywarden/keys';
import {
  encapsulationBytesOf,
  macLengthOf,
  maxPlaintextBytes,
  modulusBytesOf,
  sharedSecretBytesOf,
} from '../algorithms';
import type { AsymmetricEncryption, KeyAgreement, KeyEncapsulation, MacGeneration } from '../ports';

export interface PortHarness<P> {
  readonly port: P;
  /** A fresh key of the spec; another at each call. */
  makeKey(spec: KeySpec): Promise<KmsKey>;
}

const secret = (bytes: Uint8Array): SecretBytes => SecretBytes.copyOf(bytes);
const hexOf = (given: SecretBytes): string => given.expose((bytes) => Buffer.from(bytes).toString('hex'));
const refusal = { code: 'CiphertextRefused' };

/** What every implementation of {@link AsymmetricEncryption} must do. */
export function asymmetricEncryptionContract(makeHarness: () => Promise<PortHarness<AsymmetricEncryption>>): void {
  const specs = ['RSA_2048', 'RSA_3072', 'RSA_4096'] as const;
  const algorithms = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const;
  const cases = specs.flatMap((spec) => algorithms.map((algorithm) => ({ spec, algorithm })));

  describe.each(cases)('$spec with $algorithm', ({ spec, algorithm }) => {
    it('gives back plaintexts from one byte to the longest, and refuses everything else alike', async () => {
      const { port, makeKey } = await makeHarness();
      const key = await makeKey(spec);
      const using = anAuthorisedUse('kms:Decrypt', key);
      const longest = maxPlaintextBytes(spec, algorithm) ?? 0;
      for (const length of [1, longest]) {
        const plaintext = randomBytes(length);
        const ciphertext = await port.encrypt(anAuthorisedUse('kms:Encrypt', key), algorithm, secret(plaintext));
        expect(ciphertext.length).toBe(modulusBytesOf(spec));
        expect(hexOf(accepted(await port.decrypt(using, algorithm, ciphertext)))).toBe(plaintext.toString('hex'));
        const damaged = Uint8Array.from(ciphertext);
        damaged[damaged.length - 1] = (damaged[damaged.length - 1] ?? 0) ^ 1;
        const wrong = [damaged, ciphertext.subarray(1), Uint8Array.of(0, ...ciphertext), new Uint8Array()];
        wrong.push(new Uint8Array(ciphertext.length).fill(0xff), new Uint8Array(ciphertext.length));
        for (const given of wrong) expect(refused(await port.decrypt(using, algorithm, given))).toEqual(refusal);
        const other = algorithms.find((name) => name !== algorithm) ?? algorithm;
        expect(refused(await port.decrypt(using, other, ciphertext))).toEqual(refusal);
      }
    });
  });
}

/** What every implementation of {@link MacGeneration} must do. */
export function macContract(makeHarness: () => Promise<PortHarness<MacGeneration>>): void {
  const cases: readonly (readonly [KeySpec, MacAlgorithm])[] = [
    ['HMAC_224', 'HMAC_SHA_224'],
    ['HMAC_256', 'HMAC_SHA_256'],
    ['HMAC_384', 'HMAC_SHA_384'],
    ['HMAC_512', 'HMAC_SHA_512'],
  ];
  describe.each(cases)('%s', (spec, algorithm) => {
    it('verifies its own MAC of the same message and nothing else', async () => {
      const { port, makeKey } = await makeHarness();
      const [key, other] = [await makeKey(spec), await makeKey(spec)];
      const message = secret(randomBytes(50));
      const mac = await port.generate(anAuthorisedUse('kms:GenerateMac', key), algorithm, message);
      expect(mac.length).toBe(macLengthOf(algorithm));
      const use = anAuthorisedUse('kms:VerifyMac', key);
      expect(await port.verify(use, algorithm, message, mac)).toBe(true);
      expect(await port.verify(use, algorithm, secret(randomBytes(50)), mac)).toBe(false);
      expect(await port.verify(anAuthorisedUse('kms:VerifyMac', other), algorithm, message, mac)).toBe(false);
      const damaged = Uint8Array.from(mac);
      damaged[0] = (damaged[0] ?? 0) ^ 1;
      for (const wrong of [damaged, mac.subarray(1), Uint8Array.of(...mac, 0), new Uint8Array()]) {
        expect(await port.verify(use, algorithm, message, wrong)).toBe(false);
      }
    });
  });
}

/** What every implementation of {@link KeyAgreement} must do. */
export function keyAgreementContract(makeHarness: () => Promise<PortHarness<KeyAgreement>>): void {
  const specs = ['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521'] as const;
  describe.each(specs)('agreement with %s', (spec) => {
    it('gives both sides the same secret, and another with every peer', async () => {
      const { port, makeKey } = await makeHarness();
      const [left, right, third] = [await makeKey(spec), await makeKey(spec), await makeKey(spec)];
      const agree = async (key: KmsKey, peer: KmsKey): Promise<string> => {
        const use = anAuthorisedUse('kms:DeriveSharedSecret', key);
        const agreed = accepted(await port.deriveSharedSecret(use, peer.materials[0]!.publicKey!));
        expect(agreed.length).toBe(sharedSecretBytesOf(spec));
        return hexOf(agreed);
      };
      expect(await agree(left, right)).toBe(await agree(right, left));
      expect(await agree(left, third)).not.toBe(await agree(left, right));
    });

    it('refuses keys of other kinds, other curves, off the curve, cut or padded', async () => {
      const { port, makeKey } = await makeHarness();
      const use = anAuthorisedUse('kms:DeriveSharedSecret', await makeKey(spec));
      const good = (await makeKey(spec)).materials[0]!.publicKey!;
      const offCurve = Uint8Array.from(good);
      offCurve[offCurve.length - 1] = (offCurve[offCurve.length - 1] ?? 0) ^ 1;
      const wrong = [offCurve, good.subarray(0, -1), Uint8Array.of(...good, 0), new Uint8Array(), randomBytes(91)];
      for (const other of ['ECC_SECG_P256K1', 'ECC_NIST_EDWARDS25519', 'RSA_2048', ...specs] as const) {
        if (other !== spec) wrong.push(Buffer.from((await makeKey(other)).materials[0]!.publicKey!));
      }
      for (const peer of wrong) {
        expect(refused(await port.deriveSharedSecret(use, peer))).toEqual({ code: 'PeerKeyUnsuitable' });
      }
    });
  });
}

/** What every implementation of {@link KeyEncapsulation} must do. */
export function keyEncapsulationContract(makeHarness: () => Promise<PortHarness<KeyEncapsulation>>): void {
  describe.each(['ML_KEM_512', 'ML_KEM_768', 'ML_KEM_1024'] as const)('%s', (spec) => {
    it('gives the secret back, another one for a damaged ciphertext, and refuses other lengths', async () => {
      const { port, makeKey } = await makeHarness();
      const key = await makeKey(spec);
      const use = anAuthorisedUse('kms:Decapsulate', key);
      const { secret: sent, ciphertext } = await port.encapsulate(anAuthorisedUse('kms:Encapsulate', key));
      expect([sent.length, ciphertext.length]).toEqual([32, encapsulationBytesOf(spec)]);
      expect(hexOf(accepted(await port.decapsulate(use, ciphertext)))).toBe(hexOf(sent));
      const damaged = Uint8Array.from(ciphertext);
      damaged[7] = (damaged[7] ?? 0) ^ 1;
      const implicit = hexOf(accepted(await port.decapsulate(use, damaged)));
      expect(implicit).not.toBe(hexOf(sent));
      expect(hexOf(accepted(await port.decapsulate(use, damaged)))).toBe(implicit);
      for (const wrong of [ciphertext.subarray(1), Uint8Array.of(...ciphertext, 0), new Uint8Array()]) {
        expect(refused(await port.decapsulate(use, wrong))).toEqual(refusal);
      }
    });
  });
}
