import { SigningKeyCache } from './signing-key-cache';
import { secretOf, secretText } from './testing/fixtures';

const scope = { date: '20260101', region: 'eu-central-1', service: 'kms' };

describe('SigningKeyCache', () => {
  it('keeps the key while the secret is the same, whether or not it is the same object', () => {
    const cache = new SigningKeyCache(10);
    const secret = secretOf(secretText);
    const key = cache.signingKey('A', secret, scope);
    expect(cache.signingKey('A', secret, scope)).toBe(key);
    expect(cache.signingKey('A', secretOf(secretText), scope)).toBe(key);
    expect(cache.size).toBe(1);
  });

  it('derives another key when the secret, the day, the Region, the service or the access key is another', () => {
    const cache = new SigningKeyCache(10);
    const key = cache.signingKey('A', secretOf(secretText), scope);
    const others = [
      cache.signingKey('A', secretOf(secretText), { ...scope, date: '20260102' }),
      cache.signingKey('A', secretOf(secretText), { ...scope, region: 'eu-west-1' }),
      cache.signingKey('A', secretOf(secretText), { ...scope, service: 'sts' }),
      cache.signingKey('A', secretOf('other'), scope),
    ];
    const [day, region, service, secret] = others;
    const signatures = [day, region, service, secret].map((other) => other?.signature('x'));
    expect(new Set(signatures).size).toBe(4);
    expect(signatures).not.toContain(
      new SigningKeyCache(1).signingKey('A', secretOf(secretText), scope).signature('x'),
    );
    expect(cache.signingKey('A', secretOf('other'), scope)).toBe(secret);
    // The one of the secret that was replaced is gone.
    expect(() => key.signature('x')).toThrow('disposed');
  });

  it('drops the keys of a forgotten access key and no others', () => {
    const cache = new SigningKeyCache(10);
    const secret = secretOf(secretText);
    const key = cache.signingKey('A', secret, scope);
    const other = cache.signingKey('AB', secret, scope);
    cache.forget('A');
    expect(cache.size).toBe(1);
    expect(cache.signingKey('AB', secret, scope)).toBe(other);
    expect(cache.signingKey('A', secret, scope)).not.toBe(key);
    expect(() => key.signature('x')).toThrow('disposed');
  });

  it('holds no more keys than its capacity and drops the least recently used', () => {
    const cache = new SigningKeyCache(2);
    const secret = secretOf(secretText);
    const first = cache.signingKey('A', secret, scope);
    const second = cache.signingKey('B', secret, scope);
    cache.signingKey('A', secret, scope);
    cache.signingKey('C', secret, scope);
    expect(cache.size).toBe(2);
    expect(cache.signingKey('A', secret, scope)).toBe(first);
    expect(cache.signingKey('B', secret, scope)).not.toBe(second);
    expect(() => second.signature('x')).toThrow('disposed');
  });

  it.each([0, -1, 1.5, Number.NaN])('does not take the capacity %d', (capacity) => {
    expect(() => new SigningKeyCache(capacity)).toThrow(RangeError);
  });
});
