import { SecretBytes } from '@keywarden/kernel';
import type { OpenProvider, ProviderDescription, RootKeyProvider, RootKeyWrapper } from '../root-keys';

export interface RootKeyProviderHarness {
  /** With a secret, token or service of its own; made anew at each call. */
  provider(): Promise<RootKeyProvider>;
  /** @param admission that of the provider, or what a root key keeps of one that has none */
  wrapperFor(description: ProviderDescription, admission: SecretBytes): Promise<RootKeyWrapper>;
}

const place = new TextEncoder().encode('the root key of a database');
const rootKey = (): SecretBytes => SecretBytes.copyOf(new Uint8Array(32).fill(7));
const none = (): SecretBytes => SecretBytes.copyOf(Uint8Array.of(1));
const bytesOf = (secret: SecretBytes | undefined): string | undefined =>
  secret?.expose((bytes) => Buffer.from(bytes).toString('hex'));

/** What every way of keeping root keys must do. */
export function rootKeyProviderContract(harness: RootKeyProviderHarness): void {
  describe('a root key provider', () => {
    let provider: RootKeyProvider;
    let made: OpenProvider;
    beforeAll(async () => {
      provider = await harness.provider();
      made = await provider.create();
    });

    it('unwraps what it wrapped, for the same place alone', async () => {
      const wrapped = await made.wrap(rootKey(), place);
      expect(bytesOf(await made.unwrap(wrapped, place))).toBe('07'.repeat(32));
      expect(await made.unwrap(wrapped, Uint8Array.of(...place, 0))).toBeUndefined();
      expect(await made.unwrap(wrapped, new Uint8Array())).toBeUndefined();
    });

    it('wraps the same key differently every time, and shows nothing of it', async () => {
      const [first, second] = [await made.wrap(rootKey(), place), await made.wrap(rootKey(), place)];
      expect(Buffer.from(first).equals(second)).toBe(false);
      expect(Buffer.from(first).toString('hex')).not.toContain('07'.repeat(8));
    });

    it('describes itself by an id, its kind and plain values', () => {
      const { id, kind, parameters } = made.description;
      expect(id).toMatch(/^[\x21-\x7e]{1,64}$/);
      expect(kind).toBe(provider.kind);
      expect(JSON.parse(JSON.stringify(parameters))).toEqual(parameters);
    });

    it('is opened again from its description, stored as JSON', async () => {
      const wrapped = await made.wrap(rootKey(), place);
      const stored = JSON.parse(JSON.stringify(made.description)) as ProviderDescription;
      const again = await provider.open(stored);
      expect(again?.description).toEqual(made.description);
      expect(bytesOf(await again?.unwrap(wrapped, place))).toBe('07'.repeat(32));
    });

    it('opens what was wrapped for its description', async () => {
      const wrapper = await harness.wrapperFor(made.description, made.admission ?? none());
      const wrapped = await wrapper.wrap(rootKey(), place);
      expect(bytesOf(await made.unwrap(wrapped, place))).toBe('07'.repeat(32));
    });

    it('does not open what somebody wrapped who knows its description alone', async () => {
      if (made.admission === undefined) return;
      const others = (await (await harness.provider()).create()).admission;
      for (const admission of [none(), SecretBytes.copyOf(new Uint8Array(32)), others!]) {
        const wrapper = await harness.wrapperFor(made.description, admission);
        expect(await made.unwrap(await wrapper.wrap(rootKey(), place), place)).toBeUndefined();
      }
      const again = await provider.open(made.description);
      expect(bytesOf(again?.admission)).toBe(bytesOf(made.admission));
    });

    it('opens neither the description of another one nor what was wrapped for it', async () => {
      const stranger = await (await harness.provider()).create();
      expect(stranger.description.id).not.toBe(made.description.id);
      expect(await provider.open(stranger.description)).toBeUndefined();
      expect(await made.unwrap(await stranger.wrap(rootKey(), place), place)).toBeUndefined();
    });

    it('refuses wrappings with a flipped bit, cut or padded', async () => {
      const wrapped = await made.wrap(rootKey(), place);
      const step = Math.max(1, Math.floor(wrapped.length / 40));
      for (let index = 0; index < wrapped.length; index += step) {
        const damaged = Uint8Array.from(wrapped);
        damaged[index] = (damaged[index] ?? 0) ^ 1;
        expect(await made.unwrap(damaged, place)).toBeUndefined();
        expect(await made.unwrap(wrapped.subarray(0, index), place)).toBeUndefined();
      }
      expect(await made.unwrap(Uint8Array.of(...wrapped, 0), place)).toBeUndefined();
    });
  });
}
