import {
  type AccountId,
  type KeyId,
  type Region,
  SecretBytes,
  parseAccountId,
  parseKeyId,
  parseRegion,
} from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type KeySpec, keySpecs, specOf } from '@keywarden/keys';
import type { MaterialFactory, MaterialOwner, SecretPlace, SecretSource, SecretWrapping } from '../ports';

const account = parseAccountId('111122223333') as AccountId;
const region = parseRegion('eu-central-1') as Region;
const keyId = parseKeyId('1234abcd-12ab-34cd-56ef-1234567890ab') as KeyId;
const elsewhere = parseRegion('us-east-1') as Region;
const hexOf = (secret: SecretBytes): string => secret.expose((bytes) => Buffer.from(bytes).toString('hex'));
const secretOf = (length: number): SecretBytes => SecretBytes.copyOf(new Uint8Array(length).fill(5));

/** What every implementation of {@link SecretWrapping} must do. */
export function secretWrappingContract(makeWrapping: () => Promise<SecretWrapping>): void {
  describe('the wrapping of secrets', () => {
    const place: SecretPlace = { account, region, purpose: 'secret-access-key', name: 'AKIA1' };

    it('gives a secret back at its place and at no other', async () => {
      const wrapping = await makeWrapping();
      const wrapped = await wrapping.wrap(place, secretOf(40));
      expect(hexOf(await wrapping.unwrap(place, wrapped))).toBe('05'.repeat(40));
      const others: readonly Partial<SecretPlace>[] = [
        { name: 'AKIA2' },
        { purpose: 'other' },
        { region: elsewhere },
        { account: parseAccountId('444455556666') as AccountId },
        { purpose: 'secret-access-keyAKIA1', name: '' },
      ];
      for (const other of others) await expect(wrapping.unwrap({ ...place, ...other }, wrapped)).rejects.toThrow();
    });

    it('refuses damaged bytes and shows no secret in them', async () => {
      const wrapping = await makeWrapping();
      const wrapped = await wrapping.wrap(place, secretOf(40));
      expect(Buffer.from(wrapped).toString('hex')).not.toContain('0505');
      for (const damaged of [
        wrapped.subarray(1),
        wrapped.subarray(0, -1),
        Uint8Array.of(...wrapped, 0),
        new Uint8Array(),
      ]) {
        await expect(wrapping.unwrap(place, damaged)).rejects.toThrow();
      }
    });
  });
}

/** What every implementation of {@link MaterialFactory} must do. */
export function materialFactoryContract(makeFactory: () => Promise<MaterialFactory>): void {
  describe('a factory of key materials', () => {
    const owner = (spec: KeySpec): MaterialOwner => ({ account, region, keyId, spec });
    const specs = (Object.keys(keySpecs) as KeySpec[]).filter((spec) => spec !== 'SM2' && spec !== 'RSA_4096');

    it.each(specs)('makes material of %s with an id of its own, and a public key where there is one', async (spec) => {
      const factory = await makeFactory();
      const [first, second] = [await factory.generate(owner(spec)), await factory.generate(owner(spec))];
      expect(first.id).toMatch(/^[0-9a-f]{64}$/);
      expect(first.id).not.toBe(second.id);
      expect(first.publicKey !== undefined).toBe(specOf(spec).family === 'asymmetric');
    });

    it('knows adopted material again by its id, in every Region, but not under another key', async () => {
      const factory = await makeFactory();
      const idOf = async (change: Partial<MaterialOwner>): Promise<string> =>
        accepted(await factory.adopt({ ...owner('SYMMETRIC_DEFAULT'), ...change }, secretOf(32))).id;
      expect(await idOf({ region: elsewhere })).toBe(await idOf({}));
      expect(await idOf({ keyId: parseKeyId('mrk-1234abcd12ab34cd56ef1234567890ab') as KeyId })).not.toBe(
        await idOf({}),
      );
    });

    it('adopts symmetric and HMAC material of the exact length only', async () => {
      const factory = await makeFactory();
      for (const spec of specs) {
        const { materialBytes, importable } = specOf(spec);
        const length = materialBytes ?? 32;
        const exact = await factory.adopt(owner(spec), secretOf(length));
        expect([spec, exact.ok]).toEqual([spec, materialBytes !== undefined && importable]);
        for (const wrong of [length - 1, length + 1]) {
          const refusal = refused(await factory.adopt(owner(spec), secretOf(wrong)));
          expect(refusal).toEqual({ code: 'MaterialUnsuitable' });
        }
      }
    });

    it('rewraps for another place, and refuses material of a place it is not in', async () => {
      const factory = await makeFactory();
      const { id, wrapped } = await factory.generate(owner('SYMMETRIC_DEFAULT'));
      const from = { ...owner('SYMMETRIC_DEFAULT'), materialId: id };
      const there = { ...from, region: elsewhere };
      const moved = await factory.rewrap(wrapped, from, there);
      await factory.rewrap(moved, there, from);
      await expect(factory.rewrap(moved, from, there)).rejects.toThrow();
    });
  });
}

/** What every implementation of {@link SecretSource} must do. */
export function secretSourceContract(makeSource: () => SecretSource): void {
  describe('a source of secrets', () => {
    it.each([1, 16, 32, 1_024])('gives %d bytes', (length) => {
      expect(makeSource().take(length).length).toBe(length);
    });

    it('never gives the same twice', () => {
      const source = makeSource();
      const taken = Array.from({ length: 100 }, () => hexOf(source.take(32)));
      expect(new Set(taken).size).toBe(100);
    });

    it.each([0, -1, 1_025, 1.5, Number.NaN])('takes no length of %d', (length) => {
      expect(() => makeSource().take(length)).toThrow(RangeError);
    });
  });
}
