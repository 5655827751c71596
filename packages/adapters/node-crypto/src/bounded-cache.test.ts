import fc from 'fast-check';
import { BoundedCache } from './bounded-cache';

const groupOf = (key: string): string => key.slice(0, 1);

describe('a bounded cache', () => {
  it('drops what was used longest ago', () => {
    const cache = new BoundedCache<number>({ maxEntries: 2, maxAgeMs: 100 }, () => 0);
    cache.set('a', 1);
    cache.set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([1, undefined, 3]);
  });

  it('gives nothing out that reached its age', () => {
    let now = 0;
    const cache = new BoundedCache<number>({ maxEntries: 2, maxAgeMs: 100 }, () => now);
    cache.set('a', 1);
    now = 99;
    expect(cache.get('a')).toBe(1);
    now = 100;
    expect(cache.get('a')).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('forgets a group whole, and nothing else, whatever happened before', () => {
    const key = fc.stringMatching(/^[abc][0-9]$/);
    const step = fc.oneof(
      fc.record({ set: key }),
      fc.record({ get: key }),
      fc.record({ forget: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ wait: fc.integer({ min: 1, max: 60 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom('a', 'b', 'c'), (steps, group) => {
        let now = 0;
        const cache = new BoundedCache<string>({ maxEntries: 6, maxAgeMs: 100 }, () => now, groupOf);
        for (const one of steps) {
          if ('set' in one) cache.set(one.set, one.set);
          if ('get' in one) expect([undefined, one.get]).toContain(cache.get(one.get));
          if ('forget' in one) cache.deleteGroup(one.forget);
          if ('wait' in one) now += one.wait;
          expect(cache.size).toBeLessThanOrEqual(6);
        }
        const all = ['a', 'b', 'c'].flatMap((letter) => Array.from({ length: 10 }, (_, digit) => `${letter}${digit}`));
        const held = all.filter((name) => cache.get(name) !== undefined);
        cache.deleteGroup(group);
        expect(all.filter((name) => cache.get(name) !== undefined)).toEqual(
          held.filter((name) => groupOf(name) !== group),
        );
      }),
    );
  });
});
