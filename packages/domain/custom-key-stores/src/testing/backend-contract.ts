import { SecretBytes, keyArn } from '@keywarden/kernel';
import { accepted, home, numberedKeyId } from '@keywarden/keys/testing';
import type { KeyInStore, KeyStoreBackend, StoreCall, StoreInUse } from '../ports';

export interface BackendHarness {
  readonly backend: KeyStoreBackend;
  /** A store that can be connected to. */
  readonly use: StoreInUse;
  /** Names of external keys that exist; none for tokens, which make theirs. */
  readonly externalIds: readonly string[];
  /** Does the store tell a ciphertext that does not verify from its own failures? */
  readonly refusesCiphertexts: boolean;
}

export const aCall: StoreCall = {
  requestId: '0b7b5f0c-0000-4000-8000-000000000000',
  operation: 'Encrypt',
  caller: 'arn:aws:iam::111122223333:user/adele',
};

/** A key as a store knows it. */
export function aStoreKey(index: number, externalId?: string): KeyInStore {
  const keyId = numberedKeyId(index);
  return { keyId, keyArn: keyArn(home, keyId), ...(externalId !== undefined && { externalId }) };
}

const text = (value: string | Uint8Array): SecretBytes => SecretBytes.copyOf(Buffer.from(value));
const bytesOf = (secret: SecretBytes): string => secret.expose((bytes) => Buffer.from(bytes).toString('hex'));

/** What the way to every type of store must do, on a store that works. */
export function keyStoreBackendContract(makeHarness: () => Promise<BackendHarness>): void {
  describe('a store that works', () => {
    let harness: BackendHarness;
    let keys: readonly [KeyInStore, KeyInStore];
    beforeAll(async () => {
      harness = await makeHarness();
      keys = [aStoreKey(1, harness.externalIds[0]), aStoreKey(2, harness.externalIds[1])];
      for (const key of keys) accepted(await harness.backend.createKey(harness.use, key, aCall));
    });
    const boundTo = Buffer.from('bound to this');
    const encrypt = (plaintext: string | Uint8Array, bound: Uint8Array = boundTo) =>
      harness.backend.encrypt(harness.use, keys[0], text(plaintext), bound, aCall);

    it('connects, and again when it is connected already', async () => {
      accepted(await harness.backend.connect(harness.use, aCall));
      accepted(await harness.backend.connect(harness.use, aCall));
    });

    it.each([1, 32, 4_226])('gives back a plaintext of %d bytes', async (length) => {
      const plaintext = Buffer.alloc(length, 7);
      const sealed = accepted(await encrypt(plaintext));
      expect(Buffer.from(sealed.ciphertext).equals(plaintext)).toBe(false);
      const opened = await harness.backend.decrypt(harness.use, keys[0], sealed, boundTo, aCall);
      expect(bytesOf(accepted(opened))).toBe(plaintext.toString('hex'));
    });

    it('takes a binding longer than any proxy would', async () => {
      const long = Buffer.alloc(20_000, 1);
      const sealed = accepted(await encrypt('hello', long));
      expect(bytesOf(accepted(await harness.backend.decrypt(harness.use, keys[0], sealed, long, aCall)))).toBe(
        Buffer.from('hello').toString('hex'),
      );
    });

    it('never uses an initialisation vector twice', async () => {
      const all = await Promise.all(Array.from({ length: 40 }, () => encrypt('hello')));
      expect(new Set(all.map((one) => Buffer.from(accepted(one).iv).toString('hex'))).size).toBe(40);
    });

    it('refuses what was changed, bound to something else, or made with another key', async () => {
      const sealed = accepted(await encrypt('hello'));
      const flipped = (part: Uint8Array): Uint8Array =>
        Uint8Array.from(part, (byte, index) => (index === 0 ? byte ^ 1 : byte));
      const attempts = [
        [keys[0], { ...sealed, tag: flipped(sealed.tag) }, boundTo],
        [keys[0], { ...sealed, ciphertext: flipped(sealed.ciphertext) }, boundTo],
        [keys[0], { ...sealed, iv: flipped(sealed.iv) }, boundTo],
        [keys[0], sealed, Buffer.from('bound to that')],
        [keys[1], sealed, boundTo],
      ] as const;
      for (const [key, changed, bound] of attempts) {
        const opened = await harness.backend.decrypt(harness.use, key, changed, bound, aCall);
        expect(opened).toEqual({
          ok: false,
          refusal: harness.refusesCiphertexts
            ? { code: 'CiphertextRefused' }
            : { code: 'KeyStoreFailed', cause: 'InvalidCiphertextException' },
        });
      }
      // It still works after all of that.
      accepted(await harness.backend.decrypt(harness.use, keys[0], sealed, boundTo, aCall));
    });

    it('fails for a key it does not have', async () => {
      const unknown = aStoreKey(77, harness.externalIds.length > 0 ? 'no-such-key' : undefined);
      const failed = await harness.backend.encrypt(harness.use, unknown, text('hello'), boundTo, aCall);
      expect(failed).toMatchObject({ ok: false, refusal: { code: 'KeyStoreFailed' } });
    });

    it('works on after this node has let go of it', async () => {
      const sealed = accepted(await encrypt('hello'));
      await harness.backend.release(harness.use.store.id);
      accepted(await harness.backend.decrypt(harness.use, keys[0], sealed, boundTo, aCall));
    });

    it('serves many at once', async () => {
      const sealed = await Promise.all(Array.from({ length: 100 }, (_, index) => encrypt(`number ${index}`)));
      const opened = await Promise.all(
        sealed.map((one) => harness.backend.decrypt(harness.use, keys[0], accepted(one), boundTo, aCall)),
      );
      expect(opened.map((one) => Buffer.from(bytesOf(accepted(one)), 'hex').toString())).toEqual(
        Array.from({ length: 100 }, (_, index) => `number ${index}`),
      );
    });
  });
}
