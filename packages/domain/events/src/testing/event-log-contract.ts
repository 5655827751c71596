import { type Grant, type GrantRepository, type GrantTerms, newGrantId } from '@keywarden/grants';
import { type AliasName, accept, parseAliasName, plusMilliseconds, refuse } from '@keywarden/kernel';
import { type KeyName, type KmsKey, createAlias, disabled, updateAlias } from '@keywarden/keys';
import {
  type KeyStoreHarness,
  aKeyFamily,
  aKmsKey,
  accepted,
  frankfurt,
  home,
  ireland,
  numberedKeyId,
  numberedMultiRegionKeyId,
  plenty,
} from '@keywarden/keys/testing';
import type { EventLog } from '../event-log';

export interface EventLogHarness extends Pick<KeyStoreHarness, 'keys' | 'aliases'> {
  readonly grants: GrantRepository;
  readonly events: EventLog;
}

const alias = parseAliasName('alias/project') as AliasName;
const { createdAt: now } = aKmsKey();
const randomness = { bytes: (length: number) => new Uint8Array(length).fill(7), uuid: () => '' };

/** @param makeHarness the adapter's repositories on an empty store, for one test */
export function eventLogContract(makeHarness: () => Promise<EventLogHarness>): void {
  describe('EventLog', () => {
    let harness: EventLogHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    const insert = async (key: KmsKey): Promise<KmsKey> => accepted(await harness.keys.insert(key, plenty));
    const eventsOf = (key: KmsKey) => harness.events.list({ key, limit: 1_000 });
    const typesOf = async (key: KmsKey) => (await eventsOf(key)).map(({ type }) => type);
    const disable = (key: KmsKey) => harness.keys.update(key, (given) => accept({ ...given, state: disabled }));
    const remove = (key: KmsKey) => harness.keys.updateFamily(key, () => accept({ put: [], remove: [key] }));
    const named = ({ account, region, id }: KeyName & { readonly account: string }) => ({ account, region, id });

    it('records what happened to a key, oldest first, with id, instant and details', async () => {
      const begun = Date.now();
      const key = await insert(aKmsKey());
      await disable(key);
      const events = await eventsOf(key);
      expect(events.map(({ type }) => type)).toEqual(['KeyCreated', 'KeyDisabled']);
      expect(events[0]!.details).toMatchObject({ 'key-spec': 'SYMMETRIC_DEFAULT', origin: 'AWS_KMS' });
      for (const event of events) {
        expect(event.key).toEqual(named(key));
        expect(event.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        expect(event.at).toBeGreaterThanOrEqual(begun);
        expect(event.at).toBeLessThanOrEqual(Date.now());
      }
      expect(new Set(events.map(({ id }) => id)).size).toBe(2);
      expect(events[1]!.sequence).toBeGreaterThan(events[0]!.sequence);
    });

    it('records nothing of refused, failed and void changes', async () => {
      const key = await insert(aKmsKey());
      await harness.keys.insert(aKmsKey({ id: numberedKeyId(1) }), 1);
      await harness.keys.insert(aKmsKey(), plenty).catch(() => undefined);
      await harness.keys.update(key, accept);
      await harness.keys.update(key, () => refuse('no'));
      await harness.keys.update(key, (given) => accept({ ...given, region: ireland })).catch(() => undefined);
      await harness.keys.updateFamily(key, (put) => accept({ put, remove: [] }));
      await harness.aliases.create(home, alias, key.id, () => refuse('no'));
      await harness.aliases.remove(home, alias);
      expect((await harness.events.list({ limit: 1_000 })).map(({ type }) => type)).toEqual(['KeyCreated']);
    });

    it('keeps the order of changes that many make to one key at once', async () => {
      const key = await insert(aKmsKey());
      const seen: number[] = [];
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          harness.keys.update(key, (given) => {
            const tags = [
              { key: 'turn', value: String(given.tags.length === 0 ? 0 : Number(given.tags[0]!.value) + 1) },
            ];
            seen.push(index);
            return accept(
              index % 2 === 0
                ? { ...given, tags }
                : { ...given, tags, state: given.state.kind === 'Enabled' ? disabled : given.state },
            );
          }),
        ),
      );
      const events = await eventsOf(key);
      const stored = await harness.keys.find(key);
      expect(events.filter(({ type }) => type === 'KeyTagsChanged')).toHaveLength(20);
      expect(events.filter(({ type }) => type === 'KeyDisabled')).toHaveLength(1);
      expect(stored!.tags[0]!.value).toBe('19');
      expect(events.map(({ sequence }) => sequence)).toEqual(
        [...new Set(events.map(({ sequence }) => sequence))].sort((left, right) => left - right),
      );
    });

    it('records for each copy of a family what happened to it', async () => {
      const [primary, replica] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland) as [KmsKey, KmsKey];
      await insert(primary);
      accepted(await harness.keys.updateFamily(primary, ([first]) => accept({ put: [first!, replica], remove: [] })));
      await harness.keys.updateFamily(primary, ([first, second]) =>
        accept({ put: [first!, { ...second!, state: disabled }], remove: [] }),
      );
      expect(await typesOf(primary)).toEqual(['KeyCreated']);
      expect(await typesOf(replica)).toEqual(['KeyCreated', 'KeyDisabled']);
    });

    it('tells both keys of an alias that moves', async () => {
      const [one, two] = [await insert(aKmsKey()), await insert(aKmsKey({ id: numberedKeyId(1) }))];
      accepted(await harness.aliases.create(home, alias, one.id, (to, count) => createAlias(alias, to, count, 9, now)));
      accepted(await harness.aliases.update(home, alias, two.id, (...given) => updateAlias(...given, 9, now)));
      accepted(await harness.aliases.remove(home, alias));
      expect(await typesOf(one)).toEqual(['KeyCreated', 'AliasCreated', 'AliasUpdated']);
      expect(await typesOf(two)).toEqual(['KeyCreated', 'AliasUpdated', 'AliasDeleted']);
      expect((await eventsOf(one))[2]!.details).toEqual({
        'alias-name': alias,
        'target-key-id': two.id,
        'previous-target-key-id': one.id,
      });
    });

    it('records the life of grants', async () => {
      const key = await insert(aKmsKey());
      const terms: GrantTerms = {
        grantee: { kind: 'principal', arn: 'arn:aws:iam::111122223333:user/a' } as unknown as GrantTerms['grantee'],
        operations: ['Encrypt'],
        constraints: {},
        issuingAccount: key.account,
      };
      const grantIds = [1, 2].map((fill) =>
        newGrantId({ ...randomness, bytes: (length) => new Uint8Array(length).fill(fill) }),
      );
      for (const id of grantIds) {
        const grant: Grant = { ...terms, id, key: named(key) as Grant['key'], createdAt: now };
        accepted(await harness.grants.create(key, terms, () => accept(grant)));
      }
      await harness.grants.remove(key, grantIds[0]!, 'retired');
      await harness.grants.remove(key, grantIds[0]!, 'retired');
      await harness.grants.remove(key, grantIds[1]!, 'revoked');
      expect(await typesOf(key)).toEqual([
        'KeyCreated',
        'GrantCreated',
        'GrantCreated',
        'GrantRetired',
        'GrantRevoked',
      ]);
      expect((await eventsOf(key))[3]!.details).toEqual({ 'grant-id': grantIds[0] });
    });

    it('keeps the events of a key that is gone, the end of its aliases before its own', async () => {
      const key = await insert(aKmsKey());
      accepted(await harness.aliases.create(home, alias, key.id, (to, count) => createAlias(alias, to, count, 9, now)));
      accepted(await remove(key));
      expect(await typesOf(key)).toEqual(['KeyCreated', 'AliasCreated', 'AliasDeleted', 'KeyDeleted']);
    });

    it('pages through all events and those of one key', async () => {
      const keys = [await insert(aKmsKey()), await insert(aKmsKey({ id: numberedKeyId(1) }))];
      for (const key of keys) await disable(key);
      const first = await harness.events.list({ limit: 3 });
      const rest = await harness.events.list({ after: first[2]!.sequence, limit: 3 });
      expect([first.length, rest.length]).toEqual([3, 1]);
      const [created] = await eventsOf(keys[1]!);
      const later = await harness.events.list({ key: keys[1]!, after: created!.sequence, limit: 9 });
      expect(later.map(({ type }) => type)).toEqual(['KeyDisabled']);
    });

    it('forgets old events that nobody waits for, a bounded number at once', async () => {
      const key = await insert(aKmsKey());
      await disable(key);
      expect(await harness.events.purge(now, 10)).toBe(0);
      const later = plusMilliseconds((await eventsOf(key))[1]!.at, 1);
      expect(await harness.events.purge(later, 1)).toBe(1);
      expect(await typesOf(key)).toEqual(['KeyDisabled']);
      expect(await harness.events.purge(later, 10)).toBe(1);
    });
  });
}
