import { createHash, randomBytes } from 'node:crypto';
import { anAuthorisedUse } from '@keywarden/authorization/testing';
import { SecretBytes } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type KeySpec, type KmsKey, type SigningAlgorithm, algorithmsOf, keySpecs } from '@keywarden/keys';
import { digestLengthOf, messageTypesOf, signingAlgorithms } from '../algorithms';
import type { MessageType, Signing } from '../ports';

export interface SigningHarness {
  readonly signing: Signing;
  /** A fresh key of the spec for SIGN_VERIFY; another at each call. */
  makeKey(spec: KeySpec): Promise<KmsKey>;
}

interface Case {
  readonly spec: KeySpec;
  readonly algorithm: SigningAlgorithm;
  readonly messageType: MessageType;
}

const specs = (Object.keys(keySpecs) as KeySpec[]).filter((spec) => spec !== 'SM2');
const cases: readonly Case[] = specs.flatMap((spec) =>
  (algorithmsOf(spec, 'SIGN_VERIFY') as SigningAlgorithm[]).flatMap((algorithm) =>
    messageTypesOf(spec, algorithm).map((messageType) => ({ spec, algorithm, messageType })),
  ),
);
const digestible = cases.filter(({ messageType }) => messageType === 'DIGEST' || messageType === 'EXTERNAL_MU');
const hashable = digestible.filter(({ algorithm }) => signingAlgorithms[algorithm].hash !== undefined);

/** What every implementation of {@link Signing} must do; SM2 is left out. */
export function signingContract(makeHarness: () => Promise<SigningHarness>): void {
  describe('signing', () => {
    let harness: SigningHarness;
    const keys = new Map<KeySpec, Promise<KmsKey>>();
    const keyOf = (spec: KeySpec): Promise<KmsKey> => {
      const key = keys.get(spec) ?? harness.makeKey(spec);
      keys.set(spec, key);
      return key;
    };
    beforeAll(async () => {
      harness = await makeHarness();
    });
    const input = (
      { algorithm, messageType }: Omit<Case, 'spec'>,
      message: Uint8Array,
    ): Parameters<Signing['sign']>[1] => ({
      algorithm,
      messageType,
      message: SecretBytes.copyOf(message),
    });
    const messageFor = ({ algorithm, messageType }: Case): Uint8Array =>
      randomBytes(messageType === 'RAW' ? 100 : (digestLengthOf(algorithm) ?? 0));
    const verified = async (
      key: KmsKey,
      of: Omit<Case, 'spec'>,
      message: Uint8Array,
      signature: Uint8Array,
    ): Promise<boolean> =>
      accepted(await harness.signing.verify(anAuthorisedUse('kms:Verify', key), input(of, message), signature));
    const signed = async (key: KmsKey, of: Omit<Case, 'spec'>, message: Uint8Array): Promise<Uint8Array> =>
      accepted(await harness.signing.sign(anAuthorisedUse('kms:Sign', key), input(of, message)));

    describe.each(cases)('$spec, $algorithm, $messageType', (of) => {
      it('verifies what it signed and no other message, signature or key', async () => {
        const key = await keyOf(of.spec);
        const message = messageFor(of);
        const signature = await signed(key, of, message);
        expect(await verified(key, of, message, signature)).toBe(true);
        expect(await verified(key, of, messageFor(of), signature)).toBe(false);
        for (const index of [0, signature.length >> 1, signature.length - 1]) {
          const damaged = Uint8Array.from(signature);
          damaged[index] = (damaged[index] ?? 0) ^ 1;
          expect(await verified(key, of, message, damaged)).toBe(false);
        }
        for (const malformed of [
          signature.subarray(0, -1),
          Uint8Array.of(...signature, 0),
          new Uint8Array(),
          randomBytes(64),
        ]) {
          expect(await verified(key, of, message, malformed)).toBe(false);
        }
        if (!of.spec.startsWith('RSA'))
          expect(await verified(await harness.makeKey(of.spec), of, message, signature)).toBe(false);
      });
    });

    it.each(hashable)('$spec, $algorithm: RAW and DIGEST of the same message are interchangeable', async (of) => {
      const key = await keyOf(of.spec);
      const message = randomBytes(70);
      const digest = createHash(signingAlgorithms[of.algorithm].hash ?? '')
        .update(message)
        .digest();
      const raw = { ...of, messageType: 'RAW' as const };
      expect(await verified(key, raw, message, await signed(key, of, digest))).toBe(true);
      expect(await verified(key, of, digest, await signed(key, raw, message))).toBe(true);
    });

    it.each(digestible)('$spec, $algorithm: refuses a $messageType of another length', async (of) => {
      const key = await keyOf(of.spec);
      const refusal = { code: 'DigestLengthWrong', algorithm: of.algorithm };
      const length = digestLengthOf(of.algorithm) ?? 0;
      for (const wrong of [length - 1, length + 1, 1]) {
        const given = input(of, new Uint8Array(wrong));
        const { signing } = harness;
        expect(refused(await signing.sign(anAuthorisedUse('kms:Sign', key), given))).toEqual(refusal);
        const verifying = anAuthorisedUse('kms:Verify', key);
        expect(refused(await signing.verify(verifying, given, new Uint8Array(64)))).toEqual(refusal);
      }
    });

    it.each(digestible.filter(({ spec }) => spec.startsWith('ECC')))(
      '$spec, $algorithm: signs the digests zero and all ones',
      async (of) => {
        const key = await keyOf(of.spec);
        for (const fill of [0, 0xff]) {
          const digest = new Uint8Array(digestLengthOf(of.algorithm) ?? 0).fill(fill);
          const signature = await signed(key, of, digest);
          expect(await verified(key, of, digest, signature)).toBe(true);
          digest[0] = (digest[0] ?? 0) ^ 1;
          expect(await verified(key, of, digest, signature)).toBe(false);
        }
      },
    );

    it('keeps Ed25519 and Ed25519ph apart', async () => {
      const key = await keyOf('ECC_NIST_EDWARDS25519');
      const message = randomBytes(64);
      const pure = { algorithm: 'ED25519_SHA_512', messageType: 'RAW' } as const;
      const prehashed = { algorithm: 'ED25519_PH_SHA_512', messageType: 'DIGEST' } as const;
      expect(await verified(key, prehashed, message, await signed(key, pure, message))).toBe(false);
      expect(await verified(key, pure, message, await signed(key, prehashed, message))).toBe(false);
    });

    it('repeats the signatures of deterministic algorithms and no others', async () => {
      const deterministic = /PKCS1|ED25519/;
      for (const of of cases.filter(({ spec }) => !/3072|4096/.test(spec))) {
        const key = await keyOf(of.spec);
        const message = messageFor(of);
        const [first, second] = [await signed(key, of, message), await signed(key, of, message)];
        expect([of, Buffer.from(first).equals(second)]).toEqual([of, deterministic.test(of.algorithm)]);
      }
    });
  });
}
