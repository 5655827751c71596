import fc from 'fast-check';
import { type Instant, days, instant, plusDays, plusMilliseconds } from '@keywarden/kernel';
import { dueWarnings, nextWarning } from './deadlines';
import type { WrappedMaterial } from './key-material';
import type { KmsKey } from './kms-key';
import { aKeyMaterial, aKmsKey } from './testing';

const now = instant(Date.UTC(2026, 5, 1));
const lead = [30, 7, 1];
const inDays = (count: number) => plusDays(now, days(count));
const leaving = (deletionDate: Instant): KmsKey => aKmsKey({ state: { kind: 'PendingDeletion', deletionDate } });
const expiring = (...dates: readonly Instant[]): KmsKey =>
  aKmsKey({
    origin: 'EXTERNAL',
    materials: dates.map((validTo, index) => aKeyMaterial(index, { imported: { validTo } })),
  });

describe('the next warning', () => {
  it('is the earliest of all deadlines and days', () => {
    expect(nextWarning(leaving(inDays(40)), now, lead)).toBe(inDays(10));
    expect(nextWarning(leaving(inDays(40)), inDays(10), lead)).toBe(inDays(33));
    expect(nextWarning(expiring(inDays(40), inDays(35)), now, lead)).toBe(inDays(5));
  });

  it('is none without a deadline, behind the last one, and when no days are set', () => {
    expect(nextWarning(aKmsKey(), now, lead)).toBeUndefined();
    expect(nextWarning(leaving(inDays(40)), inDays(39), lead)).toBeUndefined();
    expect(nextWarning(leaving(inDays(40)), now, [])).toBeUndefined();
  });

  it('is none of those whose instant had come when the deadline was set', () => {
    expect(nextWarning(leaving(inDays(7)), now, lead)).toBe(inDays(6));
  });

  it('knows no material that is gone', () => {
    const material = aKeyMaterial(1, {
      imported: { validTo: inDays(40) },
      wrapped: undefined as unknown as WrappedMaterial,
    });
    expect(nextWarning(aKmsKey({ materials: [material] }), now, lead)).toBeUndefined();
  });
});

describe('the warnings that are due', () => {
  it('come at their very instant, each deadline with its own', () => {
    expect(dueWarnings(leaving(inDays(7)), now, now, lead)).toEqual([
      { kind: 'Deletion', at: inDays(7), warningDays: 7 },
    ]);
    expect(dueWarnings(leaving(plusMilliseconds(inDays(7), 1)), now, now, lead)).toEqual([]);
    expect(dueWarnings(expiring(inDays(30), inDays(1), inDays(2)), now, now, lead)).toMatchObject([
      { kind: 'Expiration', warningDays: 30 },
      { kind: 'Expiration', warningDays: 1 },
    ]);
  });

  it('are one for each deadline after days without a scheduler, and none for a deadline that has passed', () => {
    expect(dueWarnings(leaving(inDays(40)), inDays(10), plusMilliseconds(inDays(39), 5), lead)).toEqual([
      { kind: 'Deletion', at: inDays(40), warningDays: 1 },
    ]);
    expect(dueWarnings(leaving(inDays(40)), inDays(10), inDays(40), lead)).toEqual([]);
  });

  it('are given once each, however a scheduler comes by', () => {
    const visits = fc.array(fc.integer({ min: 1, max: 20 * 24 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(visits, fc.integer({ min: 1, max: 100 }), (hours, deadlineInDays) => {
        const key = leaving(inDays(deadlineInDays));
        const given: number[] = [];
        let since = nextWarning(key, now, lead);
        let at = now;
        for (const wait of hours) {
          at = plusMilliseconds(at, wait * 3_600_000);
          if (since === undefined || since > at) continue;
          given.push(...dueWarnings(key, since, at, lead).map(({ warningDays }) => warningDays));
          since = nextWarning(key, at, lead);
        }
        expect(given).toEqual([...new Set(given)].sort((left, right) => right - left));
        expect(given.every((count) => count < deadlineInDays)).toBe(true);
      }),
    );
  });
});
