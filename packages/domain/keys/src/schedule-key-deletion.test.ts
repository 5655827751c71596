import { days, instant, plusDays } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type KmsKey, arnOf } from './kms-key';
import {
  cancelKeyDeletion,
  checkDeletionWindow,
  endDeletionWindow,
  scheduleKeyDeletion,
} from './schedule-key-deletion';
import { aKeyFamily, aKmsKey, frankfurt, ireland, numberedMultiRegionKeyId, virginia } from './testing';

const now = instant(Date.UTC(2026, 0, 15));
const inAWeek = plusDays(now, days(7));
const family = (): readonly KmsKey[] => aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland, virginia);
const scheduled = (key: KmsKey, at = now): KmsKey => accepted(scheduleKeyDeletion(key, 7, at));

describe('the deletion window', () => {
  it.each([7, 8, 29, 30])('may be %d days', (windowInDays) => {
    expect(accepted(checkDeletionWindow(windowInDays))).toBe(windowInDays);
  });

  it.each([-1, 0, 1, 6, 31, 365, Number.NaN])('is refused with %d days', (windowInDays) => {
    expect(refused(checkDeletionWindow(windowInDays))).toEqual({ code: 'DeletionWindowOutOfRange', windowInDays });
  });
});

describe('scheduleKeyDeletion', () => {
  it('starts the window', () => {
    expect(scheduled(aKmsKey())).toEqual(aKmsKey({ state: { kind: 'PendingDeletion', deletionDate: inAWeek } }));
  });

  it('makes a primary wait for its replicas', () => {
    expect(scheduled(family()[0]!).state).toEqual({ kind: 'PendingReplicaDeletion', windowInDays: 7 });
  });

  it('lets replicas, and a primary without any, go at once', () => {
    expect(scheduled(family()[1]!).state.kind).toBe('PendingDeletion');
    const alone = aKmsKey({ multiRegion: { primaryRegion: frankfurt, replicaRegions: [] } });
    expect(scheduled(alone).state.kind).toBe('PendingDeletion');
  });

  it.each([aKmsKey(), family()[0]!])('refuses a key that waits for deletion already', (key) => {
    const waiting = scheduled(key);
    expect(refused(scheduleKeyDeletion(waiting, 7, now))).toEqual({
      code: 'KeyInState',
      keyArn: arnOf(key),
      state: waiting.state.kind,
    });
  });

  it('refuses a key that AWS services own', () => {
    expect(refused(scheduleKeyDeletion(aKmsKey({ manager: 'AWS' }), 7, now)).code).toBe('AwsManagedKey');
  });
});

describe('cancelKeyDeletion', () => {
  it.each([aKmsKey(), family()[0]!])('brings the key back disabled', (key) => {
    expect(accepted(cancelKeyDeletion(scheduled(key), now))).toEqual({ ...key, state: { kind: 'Disabled' } });
  });

  it('refuses a key that does not wait for deletion', () => {
    expect(refused(cancelKeyDeletion(aKmsKey(), now))).toEqual({
      code: 'KeyNotPendingDeletion',
      keyArn: arnOf(aKmsKey()),
    });
  });

  it('comes too late at the very end of the window', () => {
    const key = scheduled(aKmsKey());
    expect(accepted(cancelKeyDeletion(key, instant(inAWeek - 1))).state.kind).toBe('Disabled');
    expect(refused(cancelKeyDeletion(key, inAWeek)).code).toBe('KeyNotFound');
  });
});

describe('endDeletionWindow', () => {
  it('does nothing before its time, nor to a key that was cancelled', () => {
    const key = scheduled(aKmsKey());
    expect(endDeletionWindow([key], key, instant(inAWeek - 1))).toBeUndefined();
    const back = accepted(cancelKeyDeletion(key, now));
    expect(endDeletionWindow([back], back, inAWeek)).toBeUndefined();
  });

  it('leaves nothing of a key with one copy', () => {
    const key = scheduled(aKmsKey());
    expect(endDeletionWindow([key], key, inAWeek)).toEqual([]);
  });

  it('lets the other copies forget the replica that went', () => {
    const [primary, inIreland, inVirginia] = family();
    const gone = scheduled(inIreland!);
    const left = endDeletionWindow([primary!, gone, inVirginia!], gone, inAWeek)!;
    expect(left.map(({ region }) => region)).toEqual([frankfurt, virginia]);
    expect(left.map(({ multiRegion }) => multiRegion!.replicaRegions)).toEqual([[virginia], [virginia]]);
    expect(left[0]!.state.kind).toBe('Enabled');
  });

  it('starts the window of a waiting primary when its last replica goes, and not before', () => {
    const copies = family().map((copy) => scheduled(copy));
    const first = endDeletionWindow(copies, copies[1]!, inAWeek)!;
    expect(first.map(({ state }) => state.kind)).toEqual(['PendingReplicaDeletion', 'PendingDeletion']);
    const second = endDeletionWindow(first, first[1]!, inAWeek)!;
    expect(second).toHaveLength(1);
    expect(second[0]!.state).toEqual({ kind: 'PendingDeletion', deletionDate: plusDays(inAWeek, days(7)) });
  });
});
