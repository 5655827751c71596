import { type AliasName, accept, instant, parseAliasName, refuse } from '@keywarden/kernel';
import { createAlias, updateAlias } from '../alias';
import { disabled } from '../key-state';
import type { KeyName, KmsKey } from '../kms-key';
import type { Change } from '../repositories';
import { aKmsKey } from './a-kms-key';
import {
  type KeyStoreHarness,
  type MakeKeyStoreHarness,
  accepted,
  aKeyFamily,
  eventually,
  frankfurt,
  home,
  ireland,
  numberedKeyId,
  numberedMultiRegionKeyId,
  plenty,
  recordChanges,
} from './repository-harness';

const now = instant(Date.UTC(2026, 5, 1));
const alias = parseAliasName('alias/project') as AliasName;
const sentinel = aKmsKey({ id: numberedKeyId(0xffff) });
const ofKey = ({ region, id }: KeyName): Change => ({ kind: 'key', name: { region, id } });
const ofAlias: Change = { kind: 'alias', tenancy: home, alias };

/** What every `ChangeFeed` tells; how it behaves when it loses touch is the adapter's own. */
export function changeFeedContract(makeHarness: MakeKeyStoreHarness): void {
  describe('ChangeFeed', () => {
    let harness: KeyStoreHarness;
    let changes: Change[];
    beforeEach(async () => {
      harness = await makeHarness();
      changes = recordChanges(harness.feed);
      await eventually('the feed is live', () => harness.feed.live);
    });
    const insert = async (key: KmsKey): Promise<KmsKey> => accepted(await harness.keys.insert(key, plenty));

    /**
     * Changes are told in the order they were committed, so whatever comes before the sentinel is all there is.
     *
     * @param besides how many changes the test made before those it is about
     */
    const told = async (besides = 0): Promise<readonly Change[]> => {
      await insert(sentinel);
      const isSentinel = (change: Change) => change.kind === 'key' && change.name.id === sentinel.id;
      await eventually('the sentinel is told', () => changes.some(isSentinel));
      return changes.filter((change) => !isSentinel(change)).slice(besides);
    };

    it('tells once of each key that is stored', async () => {
      const key = await insert(aKmsKey());
      await harness.keys.update(key, (given) => accept({ ...given, state: disabled }));
      expect(await told()).toEqual([ofKey(key), ofKey(key)]);
    });

    it('has told every live node of a change when the change is answered', async () => {
      const key = await insert(aKmsKey());
      expect(changes).toEqual([ofKey(key)]);
      for (let turn = 2; turn < 12; turn += 1) {
        await harness.keys.update(key, (given) => accept({ ...given, description: `${turn}` }));
        expect(changes).toHaveLength(turn);
      }
    });

    it('tells nothing of refused, failed and void changes', async () => {
      const key = await insert(aKmsKey());
      await harness.keys.insert(aKmsKey({ id: numberedKeyId(1) }), 1);
      await harness.keys.insert(aKmsKey(), plenty).catch(() => undefined);
      await harness.keys.update(key, accept);
      await harness.keys.update(key, () => refuse('no'));
      await harness.keys.updateFamily(key, () => refuse('no'));
      await harness.keys.updateFamily(key, (put) => accept({ put, remove: [] }));
      await harness.aliases.create(home, alias, key.id, () => refuse('no'));
      await harness.aliases.remove(home, alias);
      expect(await told()).toEqual([ofKey(key)]);
    });

    it('tells of every copy that a change of a family touches, and of no other', async () => {
      const [primary, replica] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland) as [KmsKey, KmsKey];
      await insert(primary);
      await insert(replica);
      await harness.keys.updateFamily(primary, ([first, second]) =>
        accept({ put: [first!, { ...second!, state: disabled }], remove: [] }),
      );
      expect(await told(2)).toEqual([ofKey(replica)]);
    });

    it('tells of aliases created, moved and removed', async () => {
      const [one, two] = [await insert(aKmsKey()), await insert(aKmsKey({ id: numberedKeyId(1) }))];
      accepted(
        await harness.aliases.create(home, alias, one.id, (key, count) => createAlias(alias, key, count, 9, now)),
      );
      accepted(await harness.aliases.update(home, alias, two.id, (...given) => updateAlias(...given, 9, now)));
      accepted(await harness.aliases.remove(home, alias));
      expect(await told(2)).toEqual([ofAlias, ofAlias, ofAlias]);
    });

    it('tells of a removed key and of the aliases that went with it', async () => {
      const key = await insert(aKmsKey());
      accepted(await harness.aliases.create(home, alias, key.id, (to, count) => createAlias(alias, to, count, 9, now)));
      accepted(await harness.keys.updateFamily(key, () => accept({ put: [], remove: [key] })));
      const after = await told(2);
      expect(after).toHaveLength(2);
      expect(after).toEqual(expect.arrayContaining([ofKey(key), ofAlias]));
    });

    it('tells every subscriber, also when one of them throws', async () => {
      harness.feed.subscribe(
        () => {
          throw new Error('a bug');
        },
        () => undefined,
      );
      const others = recordChanges(harness.feed);
      const key = await insert(aKmsKey());
      expect(await told()).toEqual([ofKey(key)]);
      expect(others).toEqual([ofKey(key), ofKey(sentinel)]);
    });
  });
}
