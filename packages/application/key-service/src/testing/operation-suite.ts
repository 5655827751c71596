import { RequestNotes } from '@keywarden/audit';
import { rootCaller } from '@keywarden/identity';
import { type Authoriser, sameAccountAuthoriser } from '@keywarden/authorization';
import { SettableClock } from '@keywarden/kernel/testing';
import { type KmsKey, specOf } from '@keywarden/keys';
import { aKmsKey, aKeyMaterial, elsewhere, home } from '@keywarden/keys/testing';
import { KeyChanges } from '../key-changes';
import { KeyDirectory } from '../key-directory';
import { KeyDoor } from '../key-door';
import type { RequestContext } from '../request-context';
import { StoredKeys } from './stored-keys';

/** What the tests of one operation stand on: a store with keys in it, the door to them, a caller of account 111122223333. */
export interface OperationSuite {
  readonly store: StoredKeys;
  readonly clock: SettableClock;
  readonly directory: KeyDirectory;
  readonly door: KeyDoor;
  readonly changes: KeyChanges;
  /** What the authoriser was asked, oldest first. */
  readonly asked: { readonly action: string; readonly resource?: string; readonly facts: object }[];
  context(changes?: Partial<RequestContext>): RequestContext;
  /** A caller of another account, who may use nothing here. */
  stranger(): RequestContext;
}

export function operationSuite(...keys: readonly KmsKey[]): OperationSuite {
  const store = new StoredKeys();
  store.given(...keys);
  const clock = new SettableClock();
  const derived = { forget: () => undefined, clear: () => undefined };
  const options = { capacity: 100, maxAgeMs: 60_000 };
  const directory = new KeyDirectory(store.keys, store.aliases, store.feed, derived, clock, options);
  const asked: { action: string; resource?: string; facts: object }[] = [];
  const authoriser = listening(asked);
  const door = new KeyDoor(directory, authoriser);
  const context = (changes: Partial<RequestContext> = {}): RequestContext => ({
    caller: rootCaller(home.account, 'AKIAIOSFODNN7EXAMPLE'),
    region: home.region,
    now: clock.now(),
    requestId: '0b7b5f0c-0000-4000-8000-000000000000',
    notes: new RequestNotes(),
    sourceIp: '192.0.2.1',
    secureTransport: true,
    userAgent: 'test',
    ...changes,
  });
  return {
    store,
    clock,
    directory,
    door,
    changes: new KeyChanges(door, store.keys),
    asked,
    context,
    stranger: () => context({ caller: rootCaller(elsewhere.account, 'AKIAI44QH8DHBEXAMPLE') }),
  };
}

function listening(asked: OperationSuite['asked']): Authoriser {
  return {
    mayUse: (request) => {
      asked.push({ action: request.action, facts: request.facts });
      return sameAccountAuthoriser.mayUse(request);
    },
    mayCall: (request) => {
      asked.push({ action: request.action, resource: request.resource, facts: request.facts });
      return sameAccountAuthoriser.mayCall(request);
    },
  };
}

/** An enabled key of a spec, with a public key where the spec has one. */
export function aKeyOf(spec: KmsKey['spec'], usage: KmsKey['usage'], changes: Partial<KmsKey> = {}): KmsKey {
  const asymmetric = specOf(spec).family === 'asymmetric';
  const material = aKeyMaterial(1, asymmetric ? { publicKey: Uint8Array.of(48, 1, 2) } : {});
  return aKmsKey({ spec, usage, materials: [material], currentMaterialId: material.id, ...changes });
}
