import { instant } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { disabled, pendingImport } from './key-state';
import { type KeyDecision, disableKey, enableKey, putKeyPolicy, updateKeyDescription } from './key-commands';
import { type KmsKey, arnOf } from './kms-key';
import { aKmsKey } from './testing';

const now = instant(Date.UTC(2026, 0, 15));
const commands: readonly [string, (key: KmsKey) => KeyDecision][] = [
  ['enableKey', (key) => enableKey(key, now)],
  ['disableKey', (key) => disableKey(key, now)],
  ['updateKeyDescription', (key) => updateKeyDescription(key, 'new', now)],
  ['putKeyPolicy', (key) => putKeyPolicy(key, '{}', now)],
];

describe('enableKey and disableKey', () => {
  it('switch a key off and on', () => {
    const off = accepted(disableKey(aKmsKey(), now));
    expect(off.state.kind).toBe('Disabled');
    expect(accepted(enableKey(off, now))).toEqual(aKmsKey());
  });

  it('change nothing when repeated, so that nothing is stored and announced', () => {
    const key = aKmsKey();
    expect(accepted(enableKey(key, now))).toBe(key);
    const off = aKmsKey({ state: disabled });
    expect(accepted(disableKey(off, now))).toBe(off);
  });

  it.each([
    ['enableKey', enableKey],
    ['disableKey', disableKey],
  ])('%s refuses a key that waits for import', (_name, command) => {
    const key = aKmsKey({ origin: 'EXTERNAL', state: pendingImport });
    expect(refused(command(key, now))).toEqual({ code: 'KeyInState', keyArn: arnOf(key), state: 'PendingImport' });
  });

  it('enableKey refuses an imported key without material, so that no enabled key is unable to encrypt', () => {
    const key = aKmsKey({ origin: 'EXTERNAL', state: disabled, materials: [], currentMaterialId: undefined });
    expect(refused(enableKey(key, now))).toMatchObject({ code: 'KeyInState', state: 'PendingImport' });
  });
});

describe('updateKeyDescription and putKeyPolicy', () => {
  it('change the one thing', () => {
    expect(accepted(updateKeyDescription(aKmsKey(), 'new', now))).toEqual(aKmsKey({ description: 'new' }));
    expect(accepted(putKeyPolicy(aKmsKey(), ' {}\n', now))).toEqual(aKmsKey({ policy: ' {}\n', policySetAt: now }));
  });

  it('leave only the policy changeable while the key waits for deletion', () => {
    const key = aKmsKey({ state: { kind: 'PendingDeletion', deletionDate: instant(now + 1) } });
    expect(refused(updateKeyDescription(key, 'new', now))).toMatchObject({ code: 'KeyInState' });
    expect(accepted(putKeyPolicy(key, '{}', now)).policy).toBe('{}');
  });
});

describe.each(commands)('%s', (_name, command) => {
  it('refuses a key that AWS services own', () => {
    const key = aKmsKey({ manager: 'AWS' });
    expect(refused(command(key))).toEqual({ code: 'AwsManagedKey', keyArn: arnOf(key) });
  });

  it('does not find a key whose deletion window has ended', () => {
    const key = aKmsKey({ state: { kind: 'PendingDeletion', deletionDate: now } });
    expect(refused(command(key))).toEqual({ code: 'KeyNotFound', keyArn: arnOf(key) });
  });
});
