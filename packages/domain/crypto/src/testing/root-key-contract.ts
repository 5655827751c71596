import { SecretBytes } from '@keywarden/kernel';
import type { RootKey, RootKeySignatures } from '../root-keys';

const place = new TextEncoder().encode('the place a domain key belongs to');
const bytesOf = (secret: SecretBytes | undefined): string | undefined =>
  secret?.expose((bytes) => Buffer.from(bytes).toString('hex'));
const domainKey = (): SecretBytes => SecretBytes.copyOf(new Uint8Array(32).fill(7));

/**
 * What every root key must do.
 *
 * @param makeRootKey another root key at each call
 * @param maker reads what they sign
 */
export function rootKeyContract(makeRootKey: () => Promise<RootKey>, maker: RootKeySignatures): void {
  describe('a root key', () => {
    it('unwraps what it wrapped', async () => {
      const root = await makeRootKey();
      const wrapped = await root.wrap(domainKey(), place);
      expect(bytesOf(await root.unwrap(wrapped, place))).toBe('07'.repeat(32));
    });

    it('wraps the same key differently every time', async () => {
      const root = await makeRootKey();
      const [first, second] = [await root.wrap(domainKey(), place), await root.wrap(domainKey(), place)];
      expect(Buffer.from(first).equals(second)).toBe(false);
    });

    it('has a name of 1 to 64 printable characters', async () => {
      expect((await makeRootKey()).id).toMatch(/^[\x21-\x7e]{1,64}$/);
    });

    it('refuses what it wrapped for another place', async () => {
      const root = await makeRootKey();
      const wrapped = await root.wrap(domainKey(), place);
      expect(await root.unwrap(wrapped, Uint8Array.of(...place, 0))).toBeUndefined();
      expect(await root.unwrap(wrapped, new Uint8Array())).toBeUndefined();
    });

    it('signs entries of the register, each with a key of its own', async () => {
      const [root, other] = [await makeRootKey(), await makeRootKey()];
      const signature = root.sign(place);
      const verified = (key: Uint8Array, entry: Uint8Array, given: Uint8Array) => maker.verifies(key, entry, given);
      expect(verified(root.verificationKey, place, signature)).toBe(true);
      expect(verified(other.verificationKey, place, signature)).toBe(false);
      expect(verified(root.verificationKey, Uint8Array.of(...place, 0), signature)).toBe(false);
      expect(verified(root.verificationKey, place, signature.subarray(1))).toBe(false);
      expect(verified(root.verificationKey.subarray(1), place, signature)).toBe(false);
      expect(verified(new Uint8Array(), place, new Uint8Array())).toBe(false);
    });

    it('refuses what another root key wrapped', async () => {
      const [root, other] = [await makeRootKey(), await makeRootKey()];
      expect(await other.unwrap(await root.wrap(domainKey(), place), place)).toBeUndefined();
    });

    it('refuses every wrapping with one flipped bit, cut or padded', async () => {
      const root = await makeRootKey();
      const wrapped = await root.wrap(domainKey(), place);
      for (let index = 0; index < wrapped.length; index += 1) {
        const damaged = Uint8Array.from(wrapped);
        damaged[index] = (damaged[index] ?? 0) ^ 1;
        expect(await root.unwrap(damaged, place)).toBeUndefined();
        expect(await root.unwrap(wrapped.subarray(0, index), place)).toBeUndefined();
      }
      expect(await root.unwrap(Uint8Array.of(...wrapped, 0), place)).toBeUndefined();
    });
  });
}
