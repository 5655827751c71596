import { randomBytes } from 'node:crypto';
import type { OpenProvider, ProviderDescription } from '@keywarden/crypto';
import { rootKeyProviderContract } from '@keywarden/crypto/testing';
import { SecretBytes } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import fc from 'fast-check';
import { secretProviderWrapper } from '../local/secret-provider';
import { ShareCollection, shareRefusalLine } from './share-collection';
import { readShare, writeShare } from './share-text';
import { SharesProvider } from './shares-provider';

const textOf = (share: SecretBytes): string => share.expose((bytes) => Buffer.from(bytes).toString('latin1'));
const secret = (text: string): SecretBytes => SecretBytes.copyOf(Buffer.from(text, 'latin1'));

/** A set of shares that people keep in their pockets. */
function aSet(threshold = 3, shares = 5): { provider: SharesProvider; texts: string[] } {
  const texts: string[] = [];
  const gather = (description: ProviderDescription): Promise<OpenProvider | undefined> => {
    const collection = new ShareCollection(description);
    for (const text of texts) {
      const added = collection.add(secret(text));
      if (added.ok && added.value !== undefined) return Promise.resolve(added.value);
    }
    return Promise.resolve(undefined);
  };
  const handOut = (made: readonly SecretBytes[]): void => void texts.push(...made.map(textOf));
  return { provider: new SharesProvider(gather, { threshold, shares, handOut }), texts };
}

rootKeyProviderContract({
  provider: () => Promise.resolve(aSet().provider),
  wrapperFor: (...given) => Promise.resolve(secretProviderWrapper(...given)),
});

describe('the text of a share', () => {
  const share = { set: '0123456789abcdef', threshold: 3, count: 5, x: 4, y: new Uint8Array(32).fill(0xa5) };

  it('is pinned', () => {
    expect(textOf(writeShare(share))).toBe(
      'kws1-04HMASW9-NF6YY0R5-0JJTB9D5-MPJTB9D5-MPJTB9D5-MPJTB9D5-MPJTB9D5-MPJTB9D5-MPJTA91E-EAFX4TFP',
    );
    expect(textOf(writeShare(share))).toMatch(/^kws1(-[0-9A-HJKMNP-TV-Z]{8}){10}$/);
    expect(readShare(writeShare(share))).toEqual(share);
  });

  it('reads what it wrote, however it is spaced, cased or misread', () => {
    const places = fc.record({
      threshold: fc.integer({ min: 2, max: 9 }),
      count: fc.constant(9),
      x: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(places, fc.uint8Array({ minLength: 32, maxLength: 32 }), (place, y) => {
        const one = { ...place, y, set: randomBytes(8).toString('hex') };
        const text = textOf(writeShare(one));
        const sloppy =
          ` ${text.toLowerCase().replaceAll('-', ' ').replaceAll('1', 'l').replaceAll('0', 'o')}\n`.replace(
            'kwsl',
            'kws1',
          );
        expect(readShare(secret(text))).toEqual(one);
        expect(readShare(secret(sloppy))).toEqual(one);
      }),
      { numRuns: 50 },
    );
  });

  it('is noticed to be wrong with any character changed, cut or added', () => {
    const text = textOf(writeShare(share));
    for (let at = 5; at < text.length; at += 1) {
      if (text[at] === '-') continue;
      const other = text[at] === 'Z' ? 'Y' : 'Z';
      expect(readShare(secret(text.slice(0, at) + other + text.slice(at + 1)))).toBe('Mistyped');
    }
    expect(readShare(secret(text.slice(0, -1)))).toBe('Mistyped');
    expect(readShare(secret(`${text}0`))).toBe('Mistyped');
    expect(readShare(secret('correct horse battery staple'))).toBe('NotAShare');
    expect(readShare(secret(''))).toBe('NotAShare');
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void readShare(secret(`kws1${text}`))));
  });
});

describe('a collection of shares', () => {
  it('opens with any three of five, given in any order, and counts the same one once', async () => {
    const { provider, texts } = aSet(3, 5);
    const { description } = await provider.create();
    const collection = new ShareCollection(description);
    const [, second, , fourth, fifth] = texts.map(secret);
    expect(accepted(collection.add(fifth!))).toBeUndefined();
    expect(accepted(collection.add(fifth!))).toBeUndefined();
    expect(collection.progress).toEqual({ providerId: description.id, threshold: 3, given: 1 });
    expect(accepted(collection.add(second!))).toBeUndefined();
    expect(accepted(collection.add(fourth!))?.description).toEqual(description);
    expect(collection.progress.given).toBe(0);
  });

  it('refuses a share of another set by name, and keeps those it has', async () => {
    const [mine, other] = [aSet(), aSet()];
    const { description } = await mine.provider.create();
    const stranger = await other.provider.create();
    const collection = new ShareCollection(description);
    accepted(collection.add(secret(mine.texts[0]!)));
    const refusal = refused(collection.add(secret(other.texts[0]!)));
    expect(refusal).toEqual({ code: 'OtherSet', expected: description.id, given: stranger.description.id });
    expect(shareRefusalLine(refusal)).toContain(description.id);
    expect(collection.progress.given).toBe(1);
  });

  it('notices a made-up share with a right checksum, and begins anew', async () => {
    const { provider, texts } = aSet(2, 3);
    const { description } = await provider.create();
    const collection = new ShareCollection(description);
    const set = description.id.slice('shares-'.length);
    accepted(collection.add(writeShare({ set, threshold: 2, count: 3, x: 3, y: randomBytes(32) })));
    expect(refused(collection.add(secret(texts[0]!)))).toEqual({ code: 'SharesDoNotFit' });
    expect(collection.progress.given).toBe(0);
    accepted(collection.add(secret(texts[1]!)));
    expect(accepted(collection.add(secret(texts[0]!)))).toBeDefined();
  });

  it('is not made of a description without a usable threshold', async () => {
    const { description } = await aSet().provider.create();
    for (const threshold of [1, 256, 2.5, '3']) {
      expect(() => new ShareCollection({ ...description, parameters: { threshold } })).toThrow(/is damaged/);
    }
  });

  it('are made only where somebody takes them', () => {
    expect(() => new SharesProvider(() => Promise.resolve(undefined)).create()).toThrow(/root init/);
  });
});
