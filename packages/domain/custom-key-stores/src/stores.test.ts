import { instant, refuse } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { beginConnecting, beginDisconnecting, checkDeletion, endConnecting, endDisconnecting } from './change-store';
import { type Connection, type ConnectionState, connectionAt } from './connection';
import { createCustomKeyStore, repeatedCreation } from './create-store';
import type { CustomKeyStore } from './custom-key-store';
import { aCloudHsmStore, anXksStore, connectedStore, numberedClusterId } from './testing';
import { type StoreChanges, checkUpdateCollisions, updateCustomKeyStore } from './update-store';

const now = instant(1_000_000);
const unrelated = (): boolean => false;
const connections: Readonly<Record<ConnectionState, Connection>> = {
  DISCONNECTED: { state: 'DISCONNECTED' },
  CONNECTING: { state: 'CONNECTING', since: now },
  CONNECTED: { state: 'CONNECTED' },
  FAILED: { state: 'FAILED', error: 'INTERNAL_ERROR' },
  DISCONNECTING: { state: 'DISCONNECTING', since: now },
};
const states = Object.keys(connections) as ConnectionState[];
const outcome = (result: { ok: boolean }): string => (result.ok ? 'ok' : 'refused');

// Reference: section 1.1 of the rules of custom key stores, one line a state.
const rules: Readonly<Record<ConnectionState, readonly [string, string, string, string, string, string]>> = {
  //               Connect    Disconnect Delete     name  password   credential
  DISCONNECTED: ['ok', 'refused', 'ok', 'ok', 'ok', 'ok'],
  CONNECTING: ['ok', 'ok', 'refused', 'ok', 'refused', 'refused'],
  CONNECTED: ['ok', 'ok', 'refused', 'ok', 'refused', 'ok'],
  FAILED: ['refused', 'ok', 'refused', 'ok', 'refused', 'refused'],
  DISCONNECTING: ['refused', 'refused', 'refused', 'ok', 'refused', 'refused'],
};

describe('what a ConnectionState allows', () => {
  it.each(states)('%s', (state) => {
    const hsm = aCloudHsmStore(1, { connection: connections[state] });
    const xks = anXksStore(1, { connection: connections[state] });
    const secret = Uint8Array.of(9);
    expect([
      outcome(beginConnecting(hsm, now)),
      outcome(beginDisconnecting(hsm, now)),
      outcome(checkDeletion(hsm, 0, now)),
      outcome(updateCustomKeyStore(hsm, { name: 'new' }, now)),
      outcome(updateCustomKeyStore(hsm, { wrappedSecret: secret }, now)),
      outcome(updateCustomKeyStore(xks, { accessKeyId: 'A'.repeat(20), wrappedSecret: secret }, now)),
    ]).toEqual(rules[state]);
  });

  it.each<StoreChanges>([{ uriEndpoint: 'https://other.example.com' }, { connectivity: 'VPC_ENDPOINT_SERVICE' }])(
    'does not let %j change while connected',
    (changes) => {
      const refusal = refused(updateCustomKeyStore(connectedStore(anXksStore(1)), changes, now));
      expect(refusal).toEqual({ code: 'CustomKeyStoreInState', state: 'CONNECTED', operation: 'UpdateCustomKeyStore' });
    },
  );

  it('lets the path change while connected', () => {
    const changed = accepted(updateCustomKeyStore(connectedStore(anXksStore(1)), { uriPath: '/x/kms/xks/v1' }, now));
    expect(changed.backing).toMatchObject({ uriPath: '/x/kms/xks/v1', uriEndpoint: 'https://xks.example.com' });
  });
});

describe('the life of a connection', () => {
  const connecting = accepted(beginConnecting(aCloudHsmStore(1), now));

  it('goes from connecting to connected or failed', () => {
    expect(endConnecting(connecting, now, { ok: true, value: undefined }).connection).toEqual({ state: 'CONNECTED' });
    expect(endConnecting(connecting, now, refuse('USER_LOCKED_OUT')).connection).toEqual({
      state: 'FAILED',
      error: 'USER_LOCKED_OUT',
    });
  });

  it('has no effect to connect what is connected or connecting already', () => {
    const store = connectedStore(aCloudHsmStore(1));
    expect(accepted(beginConnecting(store, now))).toBe(store);
    expect(accepted(beginConnecting(connecting, instant(now + 5)))).toBe(connecting);
  });

  it('ignores the outcome of an attempt that was given up', () => {
    const away = accepted(beginDisconnecting(connecting, now));
    expect(endConnecting(away, now, { ok: true, value: undefined })).toBe(away);
    const again = { ...connecting, connection: { state: 'CONNECTING', since: instant(now + 7) } } as const;
    expect(endConnecting(again, now, { ok: true, value: undefined })).toBe(again);
    expect(endDisconnecting(again, now)).toBe(again);
    expect(endDisconnecting(away, now).connection).toEqual({ state: 'DISCONNECTED' });
  });

  it('is over when the node that worked on it is gone', () => {
    const later = instant(now + 120_000);
    expect(connectionAt(connections.CONNECTING, instant(later - 1)).state).toBe('CONNECTING');
    expect(connectionAt(connections.CONNECTING, later)).toEqual({ state: 'FAILED', error: 'INTERNAL_ERROR' });
    expect(connectionAt(connections.DISCONNECTING, later)).toEqual({ state: 'DISCONNECTED' });
    expect(beginDisconnecting(connecting, later).ok).toBe(true);
    expect(beginConnecting(connecting, later).ok).toBe(false);
  });
});

describe('a new custom key store', () => {
  const create = (store: CustomKeyStore, existing: readonly CustomKeyStore[], related = unrelated) =>
    createCustomKeyStore(store, store, store.wrappedSecret, existing, related, 10, now);

  it('is disconnected', () => {
    expect(accepted(create(aCloudHsmStore(1), [anXksStore(2)]))).toEqual({
      ...aCloudHsmStore(1),
      createdAt: now,
    });
  });

  it.each<[string, CustomKeyStore, CustomKeyStore]>([
    ['CustomKeyStoreNameInUse', aCloudHsmStore(1, { name: 'x' }), anXksStore(2, { name: 'x' })],
    ['CloudHsmClusterInUse', aCloudHsmStore(1), aCloudHsmStore(1, { name: 'x' })],
    ['XksProxyUriInUse', anXksStore(1), anXksStore(1, { name: 'x' }, { uriEndpoint: 'https://XKS.example.com' })],
    [
      'XksProxyUriEndpointInUse',
      anXksStore(1),
      anXksStore(2, {}, { connectivity: 'VPC_ENDPOINT_SERVICE', vpcEndpointServiceName: 'service' }),
    ],
    [
      'XksProxyVpcEndpointServiceInUse',
      anXksStore(1, {}, { vpcEndpointServiceName: 'service', uriEndpoint: 'https://a.example.com' }),
      anXksStore(2, {}, { vpcEndpointServiceName: 'service' }),
    ],
  ])('is refused with %s when another is in the way', (code, store, other) => {
    expect(refused(create(store, [other])).code).toBe(code);
  });

  it('may share a public endpoint under another path', () => {
    expect(create(anXksStore(1), [anXksStore(2)]).ok).toBe(true);
  });

  it('may not be on a cluster with the same trust anchor as another', () => {
    const refusal = refused(create(aCloudHsmStore(1), [aCloudHsmStore(2)], () => true));
    expect(refusal).toEqual({ code: 'CloudHsmClusterInUse', clusterId: numberedClusterId(1) });
  });

  it('is not the eleventh', () => {
    const ten = Array.from({ length: 10 }, (_, index) => anXksStore(index + 1));
    expect(create(anXksStore(11), ten.slice(1)).ok).toBe(true);
    expect(refused(create(anXksStore(11), ten))).toEqual({
      code: 'CustomKeyStoreQuotaReached',
      limit: 10,
      current: 10,
    });
  });

  it('is the one there is when the creation of a cluster store is repeated before it was connected', () => {
    const there = aCloudHsmStore(1);
    expect(repeatedCreation(aCloudHsmStore(1), [there])).toBe(there);
    expect(repeatedCreation(aCloudHsmStore(1), [connectedStore(there)])).toBeUndefined();
    expect(repeatedCreation(aCloudHsmStore(1, { name: 'x' }), [there])).toBeUndefined();
    expect(repeatedCreation(anXksStore(1), [anXksStore(1)])).toBeUndefined();
  });
});

describe('an updated custom key store', () => {
  it('refuses members of the other type, and nothing at all', () => {
    expect(refused(updateCustomKeyStore(aCloudHsmStore(1), { uriPath: '/kms/xks/v1' }, now))).toEqual({
      code: 'StoreParameterNotOfType',
      parameter: 'uriPath',
    });
    expect(refused(updateCustomKeyStore(anXksStore(1), { clusterId: 'cluster-x' }, now)).code).toBe(
      'StoreParameterNotOfType',
    );
    expect(refused(updateCustomKeyStore(anXksStore(1), {}, now))).toEqual({ code: 'StoreNothingToUpdate' });
  });

  it('has an endpoint service exactly with that connectivity', () => {
    const service = 'com.amazonaws.vpce.eu-central-1.vpce-svc-1';
    const moved = accepted(
      updateCustomKeyStore(
        anXksStore(1),
        { connectivity: 'VPC_ENDPOINT_SERVICE', vpcEndpointServiceName: service },
        now,
      ),
    );
    expect(moved.backing).toMatchObject({ vpcEndpointServiceName: service });
    const back = accepted(updateCustomKeyStore(moved, { connectivity: 'PUBLIC_ENDPOINT' }, now));
    expect(back.backing).toEqual(anXksStore(1).backing);
    const refusals = [{ connectivity: 'VPC_ENDPOINT_SERVICE' }, { vpcEndpointServiceName: service }] as const;
    expect(refusals.map((changes) => refused(updateCustomKeyStore(anXksStore(1), changes, now)).code)).toEqual([
      'StoreParameterMissing',
      'StoreParameterNotOfType',
    ]);
  });

  it('does not collide with itself', () => {
    expect(checkUpdateCollisions(anXksStore(1), [anXksStore(1), anXksStore(2)], unrelated).ok).toBe(true);
    const renamed = anXksStore(1, { name: 'store 2' });
    expect(refused(checkUpdateCollisions(renamed, [anXksStore(1), anXksStore(2)], unrelated)).code).toBe(
      'CustomKeyStoreNameInUse',
    );
  });

  it('is deleted only without keys', () => {
    expect(refused(checkDeletion(anXksStore(1), 1, now))).toEqual({ code: 'CustomKeyStoreHasKeys' });
  });
});
