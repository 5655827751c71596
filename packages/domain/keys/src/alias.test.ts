import { instant, parseAliasName } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { aliasNotFound, createAlias, keyNotFound, updateAlias } from './alias';
import { arnOf } from './kms-key';
import { aKmsKey, home, numberedKeyId } from './testing';

const now = instant(Date.UTC(2026, 0, 15));
const later = instant(now + 1_000);
const name = parseAliasName('alias/project')!;
const old = aKmsKey({ id: numberedKeyId(1) });
const other = aKmsKey({ id: numberedKeyId(2) });
const alias = accepted(createAlias(name, old, 0, 50, now));
const pendingDeletion = { kind: 'PendingDeletion', deletionDate: instant(later + 1) } as const;

describe('createAlias', () => {
  it('names a key of the same account and Region', () => {
    expect(alias).toEqual({ ...home, name, targetKeyId: old.id, createdAt: now, updatedAt: now });
  });

  it('refuses one more than a key may have', () => {
    expect(createAlias(name, old, 49, 50, now).ok).toBe(true);
    expect(refused(createAlias(name, old, 50, 50, now))).toEqual({ code: 'AliasQuotaReached', limit: 50, current: 50 });
  });

  it('refuses a key that waits for deletion, and one that AWS services own', () => {
    expect(refused(createAlias(name, aKmsKey({ state: pendingDeletion }), 0, 50, now)).code).toBe('KeyInState');
    expect(refused(createAlias(name, aKmsKey({ manager: 'AWS' }), 0, 50, now)).code).toBe('AwsManagedKey');
  });
});

describe('updateAlias', () => {
  const update = (...[target, from, aliases]: [typeof old, typeof old?, number?]) =>
    updateAlias(alias, from ?? old, target, aliases ?? 0, 50, later);

  it('points the alias at another key and keeps when it was created', () => {
    expect(accepted(update(other))).toEqual({ ...alias, targetKeyId: other.id, updatedAt: later });
  });

  it('may be repeated although the key has as many aliases as it may have', () => {
    expect(update(old, old, 50).ok).toBe(true);
    expect(refused(update(other, old, 50))).toEqual({ code: 'AliasQuotaReached', limit: 50, current: 50 });
  });

  it('moves away from a key that waits for deletion, but not to one', () => {
    expect(update(other, { ...old, state: pendingDeletion }).ok).toBe(true);
    expect(refused(update({ ...other, state: pendingDeletion }))).toMatchObject({ code: 'KeyInState' });
  });

  it.each([
    ['family', aKmsKey(), aKmsKey({ spec: 'RSA_2048' })],
    ['family', aKmsKey({ spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC' }), aKmsKey()],
    ['usage', aKmsKey({ spec: 'RSA_2048' }), aKmsKey({ spec: 'RSA_2048', usage: 'SIGN_VERIFY' })],
  ])('refuses a key of another %s', (_what, from, to) => {
    expect(refused(update(to, from))).toEqual({ code: 'AliasTargetsDiffer' });
  });

  it('takes a key of another spec of the same family and usage', () => {
    const rsa = aKmsKey({ spec: 'RSA_2048', usage: 'SIGN_VERIFY' });
    expect(update(aKmsKey({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY' }), rsa).ok).toBe(true);
  });
});

it('names what was not found by its ARN', () => {
  expect(aliasNotFound(home, name)).toEqual({
    code: 'AliasNotFound',
    aliasArn: 'arn:aws:kms:eu-central-1:111122223333:alias/project',
  });
  expect(keyNotFound(old)).toEqual({ code: 'KeyNotFound', keyArn: arnOf(old) });
});
