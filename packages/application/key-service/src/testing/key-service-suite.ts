import { RequestNotes } from '@keywarden/audit';
import { type Authoriser, sameAccountAuthoriser } from '@keywarden/authorization';
import type { SecretSource } from '@keywarden/crypto';
import { rootCaller } from '@keywarden/identity';
import { SecretBytes } from '@keywarden/kernel';
import { CountingRandomness, SettableClock } from '@keywarden/kernel/testing';
import type { AliasRepository, ChangeFeed, KeyRepository, KmsKey } from '@keywarden/keys';
import { elsewhere, home, plenty } from '@keywarden/keys/testing';
import { AliasHandlers } from '../alias-handlers';
import { CiphertextKeys } from '../ciphertext-key';
import { CreateKeyHandler } from '../create-key';
import { DataKeyHandlers } from '../data-keys';
import { DecryptHandler } from '../decrypt';
import { EncryptHandler } from '../encrypt';
import { GenerateRandomHandler } from '../generate-random';
import { IdleDays } from '../idle-days';
import { InMemoryKeyUsage } from '../in-memory-key-usage';
import { KeyChanges } from '../key-changes';
import { KeyDirectory } from '../key-directory';
import { KeyDoor } from '../key-door';
import { KeyLifecycleHandlers } from '../key-lifecycle';
import { KeyReadHandlers } from '../key-lists';
import { ListAliasesHandler } from '../list-aliases';
import { ReEncryptHandler } from '../re-encrypt';
import { KeyUsageRecorder } from '../key-usage-recorder';
import type { RequestContext } from '../request-context';
import { TagHandlers } from '../tag-handlers';
import { fakeMaterials } from './fake-materials';
import { sealingAsymmetric, sealingSymmetric } from './sealing-encryption';

interface Store {
  readonly keys: KeyRepository;
  readonly aliases: AliasRepository;
  readonly feed: ChangeFeed;
}

/** Random bytes that a test can foretell: 1, 2, 3… */
export const countingSecrets: SecretSource = {
  take: (length) => SecretBytes.adopt(Uint8Array.from({ length }, (_, index) => index + 1)),
};

/** The operations of the key service over a store, with encryption that seals but hides nothing. */
export function keyServiceOn(
  store: Store,
  options: { readonly authoriser?: Authoriser; readonly maxKeys?: number } = {},
) {
  const clock = new SettableClock();
  const usage = new KeyUsageRecorder(new InMemoryKeyUsage(100), 100);
  const authoriser = options.authoriser ?? sameAccountAuthoriser;
  const derived = { forget: () => undefined, clear: () => undefined };
  const directory = new KeyDirectory(store.keys, store.aliases, store.feed, derived, clock, {
    capacity: 100,
    maxAgeMs: 60_000,
  });
  const door = new KeyDoor(directory, authoriser);
  const changes = new KeyChanges(door, store.keys);
  const ports = { symmetric: sealingSymmetric, asymmetric: sealingAsymmetric };
  const ciphertextKeys = new CiphertextKeys(door, directory);
  const policies = { check: () => ({ ok: true, value: undefined }) as const };
  const context = (caller: RequestContext['caller']): RequestContext => ({
    caller,
    region: home.region,
    now: clock.now(),
    requestId: '0b7b5f0c-0000-4000-8000-000000000000',
    notes: new RequestNotes(),
    sourceIp: '192.0.2.1',
    secureTransport: true,
    userAgent: undefined,
  });
  return {
    ...store,
    clock,
    directory,
    door,
    usage,
    /** A request of the account that owns the keys. */
    own: () => context(rootCaller(home.account, 'AKIAIOSFODNN7EXAMPLE')),
    /** A request of another account. */
    stranger: () => context(rootCaller(elsewhere.account, 'AKIAI44QH8DHBEXAMPLE')),
    given: async (...keys: readonly KmsKey[]) => {
      for (const key of keys) await store.keys.insert(key, plenty);
    },
    createKey: new CreateKeyHandler(authoriser, policies, fakeMaterials, store.keys, new CountingRandomness(), {
      maxKeys: () => options.maxKeys ?? plenty,
      offers: (spec) => spec !== 'SM2',
    }),
    reads: new KeyReadHandlers(door, authoriser, store.keys),
    lifecycle: new KeyLifecycleHandlers(changes, new IdleDays(door, usage)),
    tags: new TagHandlers(changes, door),
    aliasing: new AliasHandlers(door, authoriser, store.aliases, directory, () => 2),
    listAliases: new ListAliasesHandler(door, authoriser, store.aliases),
    encrypt: new EncryptHandler(door, ports),
    decrypt: new DecryptHandler(ciphertextKeys, ports),
    reEncrypt: new ReEncryptHandler(door, ciphertextKeys, ports),
    dataKeys: new DataKeyHandlers(door, sealingSymmetric, countingSecrets),
    random: new GenerateRandomHandler(authoriser, countingSecrets),
  };
}
