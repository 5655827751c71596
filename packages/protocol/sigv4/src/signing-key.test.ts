import { createHmac, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { SigningKey } from './signing-key';

const hmac = (key: Uint8Array, text: string): string => createHmac('sha256', key).update(text, 'latin1').digest('hex');

describe('SigningKey', () => {
  it("signs as node:crypto's HMAC does, whatever the key and the message, one after another", () => {
    const bytes = fc.uint8Array({ maxLength: 1_500 }).map((given) => Buffer.from(given).toString('latin1'));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.array(bytes, { maxLength: 5 }), (key, texts) => {
        const signingKey = new SigningKey(key);
        expect(texts.map((text) => signingKey.signature(text))).toEqual(texts.map((text) => hmac(key, text)));
      }),
    );
    const key = randomBytes(32);
    for (const length of [0, 1, 63, 64, 65, 511, 512, 513]) {
      expect(new SigningKey(key).signature('x'.repeat(length))).toBe(hmac(key, 'x'.repeat(length)));
    }
  });

  /** @see https://www.rfc-editor.org/rfc/rfc4231#section-4.3 with the key padded by zeros, which HMAC does itself */
  it('agrees with RFC 4231', () => {
    const key = Buffer.concat([Buffer.from('Jefe'), Buffer.alloc(28)]);
    expect(new SigningKey(key).signature('what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('does not sign once it is disposed', () => {
    const key = new SigningKey(randomBytes(32));
    key[Symbol.dispose]();
    expect(() => key.signature('x')).toThrow('already disposed');
  });

  it('shows nothing of itself', () => {
    const key = new SigningKey(Buffer.alloc(32, 0xab));
    expect([inspect(key, { showHidden: true, depth: 5 }), JSON.stringify({ key })]).toEqual([
      'SigningKey {}',
      '{"key":"[secret]"}',
    ]);
  });

  it('takes keys of 32 bytes alone', () => {
    for (const length of [0, 31, 33, 64]) expect(() => new SigningKey(Buffer.alloc(length))).toThrow(RangeError);
  });
});
