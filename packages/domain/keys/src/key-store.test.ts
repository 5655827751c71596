import { type CustomKeyStoreId, instant } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type NewKeyRequest, planKey } from './create-key';
import { disableKey, enableKey } from './key-commands';
import { disabled, enabled } from './key-state';
import { type KmsKey, stateAt } from './kms-key';
import { allowedInState } from './operation-states';
import { cancelKeyDeletion, scheduleKeyDeletion } from './schedule-key-deletion';
import { aKmsKey } from './testing';

const now = instant(Date.UTC(2026, 5, 1));
const inStore = (connected: boolean, changes: Partial<KmsKey> = {}): KmsKey =>
  aKmsKey({
    origin: 'AWS_CLOUDHSM',
    keyStore: { id: 'cks-0123456789abcdef0' as CustomKeyStoreId, connected, cloudHsmClusterId: 'cluster-1' },
    ...changes,
  });

describe('a key in a custom key store', () => {
  it.each([enabled, disabled])(
    'is unavailable while its store is not connected, and comes back as it was: %j',
    (state) => {
      expect(stateAt(inStore(false, { state }), now)).toEqual({ kind: 'Unavailable' });
      expect(stateAt(inStore(true, { state }), now)).toEqual(state);
    },
  );

  it('refuses use while unavailable, also when it was disabled', () => {
    const refusal = refused(allowedInState('Encrypt', inStore(false, { state: disabled }), now));
    expect(refusal).toMatchObject({ code: 'KeyInState', state: 'Unavailable' });
  });

  it('stays pending deletion without its store, and is gone at the end of the window', () => {
    const scheduled = accepted(scheduleKeyDeletion(inStore(false), 7, now));
    expect(stateAt(scheduled, now)?.kind).toBe('PendingDeletion');
    expect(stateAt(scheduled, instant(now + 7 * 86_400_000))).toBeUndefined();
    expect(stateAt(accepted(cancelKeyDeletion(scheduled, now)), now)?.kind).toBe('Unavailable');
  });

  it('is enabled and disabled while unavailable, which shows when the store is back', () => {
    const off = accepted(disableKey(inStore(false), now));
    expect([off.state, stateAt(off, now)?.kind]).toEqual([disabled, 'Unavailable']);
    expect(accepted(enableKey(off, now)).state).toEqual(enabled);
  });
});

describe('the plan of a key in a custom key store', () => {
  const request: NewKeyRequest = {
    spec: 'SYMMETRIC_DEFAULT',
    origin: 'EXTERNAL_KEY_STORE',
    description: '',
    policy: '{}',
    tags: [],
    multiRegion: false,
    manager: 'CUSTOMER',
  };
  const plan = (changes: Partial<NewKeyRequest>) => planKey({ ...request, ...changes }, () => true);

  it('is one for symmetric encryption in one Region', () => {
    expect(plan({}).ok).toBe(true);
    expect(refused(plan({ spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC' })).code).toBe('OriginNotOfSpec');
    expect(refused(plan({ spec: 'RSA_2048', usage: 'SIGN_VERIFY', origin: 'AWS_CLOUDHSM' })).code).toBe(
      'OriginNotOfSpec',
    );
    expect(refused(plan({ multiRegion: true })).code).toBe('OriginNotMultiRegion');
  });
});
