import { instant } from '@keywarden/kernel';
import type { AuditArchive, ChainWriter, SealedHead } from '../audit-store';
import { ChainMoved } from '../audit-store';
import { type ChainedRecord, freshChain } from '../chain';
import { aChain, aSigner, headOf, intervalMs, second, sha256, trailBegins } from './a-trail';
import { checkpointHash, firstPrevious, writeCheckpoint } from '../checkpoint';

export interface AuditStoreHarness {
  readonly chainWriter: ChainWriter;
  readonly auditArchive: AuditArchive;
}

const one = '10000000-0000-4000-8000-000000000001';
const two = '20000000-0000-4000-8000-000000000002';
const day = 86_400 * second;
const { signer } = aSigner();

const sealed = (chain: string, records: readonly ChainedRecord[], seq: number): SealedHead => ({
  ...headOf(chain, records, seq),
  seal: `seal of ${seq}`,
});

/** What every store of the audit trail keeps to. */
export function auditStoreContract(make: () => Promise<AuditStoreHarness>): void {
  describe('a store of the audit trail', () => {
    const append = ({ chainWriter }: AuditStoreHarness, chain: string, records: readonly ChainedRecord[], from = 0) => {
      const after = headOf(chain, records, from);
      const head = sealed(chain, records, records.length);
      return chainWriter.append({ after, records: records.slice(from), head });
    };
    const withChain = async (chain: string, count: number): Promise<AuditStoreHarness> => {
      const harness = await make();
      await harness.chainWriter.begin(chain, trailBegins);
      await append(harness, chain, aChain(chain, count));
      return harness;
    };

    it('gives records back as they were written, by number', async () => {
      const { auditArchive } = await withChain(one, 5);
      const written = aChain(one, 5);
      expect(await auditArchive.records(one, 0, 10)).toEqual(written);
      expect(await auditArchive.records(one, 2, 2)).toEqual(written.slice(2, 4));
      expect(await auditArchive.chains()).toEqual([one]);
    });

    it('keeps any text and any column as it is', async () => {
      const harness = await make();
      await harness.chainWriter.begin(one, trailBegins);
      const [record] = aChain(one, 1);
      const odd = { ...record!, text: '{"a":"\\u0000\\u001e\\u001f \\ud800 ü 💡 \'\\\\"}', userName: 'ü \\ "quoted"' };
      const some = { ...odd, resources: ['one', 'two', 'three'] };
      await harness.chainWriter.append({ after: freshChain(one), records: [some], head: sealed(one, [some], 1) });
      expect(await harness.auditArchive.records(one, 0, 1)).toEqual([some]);
    });

    it('takes the same batch twice and has it once', async () => {
      const harness = await withChain(one, 3);
      await append(harness, one, aChain(one, 3));
      expect(await harness.auditArchive.records(one, 0, 10)).toHaveLength(3);
    });

    it('writes several chains at once and mixes nothing up', async () => {
      const harness = await withChain(one, 1);
      await harness.chainWriter.begin(two, trailBegins);
      await Promise.all([append(harness, one, aChain(one, 40), 1), append(harness, two, aChain(two, 40))]);
      expect(await harness.auditArchive.records(one, 0, 50)).toEqual(aChain(one, 40));
      expect(await harness.auditArchive.records(two, 0, 50)).toEqual(aChain(two, 40));
    });

    it('lets a chain go on only from where it stands', async () => {
      const harness = await withChain(one, 3);
      const longer = aChain(one, 6);
      await expect(append(harness, one, longer, 4)).rejects.toThrow(ChainMoved);
      await expect(append(harness, one, longer, 2)).rejects.toThrow(ChainMoved);
      await append(harness, one, longer, 3);
      expect(await harness.auditArchive.records(one, 0, 10)).toEqual(longer);
    });

    it('refuses a chain that nobody began', async () => {
      await expect(append(await make(), one, aChain(one, 1))).rejects.toThrow(ChainMoved);
    });

    it('is not bothered by a second beginning', async () => {
      const harness = await withChain(one, 3);
      await harness.chainWriter.begin(one, trailBegins);
      await append(harness, one, aChain(one, 4), 3);
      expect(await harness.auditArchive.records(one, 0, 10)).toHaveLength(4);
    });

    it('lets one of two writers of a chain win', async () => {
      const harness = await withChain(one, 1);
      const forks = Array.from({ length: 8 }, (_, index) =>
        aChain(one, 2).map((record, at) => (at === 0 ? record : { ...record, hash: sha256(String(index)) })),
      );
      const results = await Promise.allSettled(forks.map((fork) => append(harness, one, fork, 1)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await harness.auditArchive.records(one, 0, 10)).toHaveLength(2);
    });

    it('keeps what was written on different days', async () => {
      const harness = await make();
      await harness.chainWriter.begin(one, trailBegins);
      const records = aChain(one, 4).map((record, index) => ({ ...record, at: instant(record.at + index * day) }));
      await append(harness, one, records);
      expect(await harness.auditArchive.records(one, 0, 10)).toEqual(records);
    });

    describe('and its checkpoints', () => {
      const checkpoint = ({ auditArchive }: AuditStoreHarness) =>
        auditArchive.checkpoint(({ last, moved }) =>
          writeCheckpoint(
            {
              ...{ number: (last?.number ?? 0) + 1, at: trailBegins, intervalMs, key: 'a-key', heads: moved },
              ...{ previous: last === undefined ? firstPrevious : checkpointHash(last, sha256) },
              ...{ doubtful: [], cut: undefined },
            },
            signer,
          ),
        );

      it('tells of each head once, until it moves', async () => {
        const harness = await withChain(one, 3);
        await harness.chainWriter.begin(two, trailBegins);
        const seen: (readonly SealedHead[])[] = [];
        const look = () =>
          harness.auditArchive.checkpoint(({ moved }) => {
            seen.push(moved);
            return undefined;
          });
        await look();
        await checkpoint(harness);
        await look();
        await append(harness, one, aChain(one, 5), 3);
        await append(harness, two, aChain(two, 1));
        await look();
        const [longer, short] = [aChain(one, 5), aChain(two, 1)];
        expect(seen).toEqual([[sealed(one, longer, 3)], [], [sealed(one, longer, 5), sealed(two, short, 1)]]);
      });

      it('stores nothing when none is due', async () => {
        const harness = await withChain(one, 3);
        expect(await harness.auditArchive.checkpoint(() => undefined)).toBeUndefined();
        expect(await harness.auditArchive.checkpoints(0, 10)).toEqual([]);
      });

      it('gives them back as they were made, by number', async () => {
        const harness = await withChain(one, 3);
        const made = [await checkpoint(harness), await checkpoint(harness), await checkpoint(harness)];
        expect(await harness.auditArchive.checkpoints(0, 10)).toEqual(made);
        expect(await harness.auditArchive.checkpoints(1, 1)).toEqual([made[1]]);
      });

      it('numbers them without gaps when many make them at once', async () => {
        const harness = await withChain(one, 3);
        await Promise.all(Array.from({ length: 10 }, () => checkpoint(harness)));
        const numbers = (await harness.auditArchive.checkpoints(0, 100)).map(({ number }) => number);
        expect(numbers).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
      });
    });

    describe('and what is too old', () => {
      const overDays = async () => {
        const harness = await make();
        await harness.chainWriter.begin(one, trailBegins);
        await harness.chainWriter.begin(two, trailBegins);
        const records = aChain(one, 6).map((record, index) => ({
          ...record,
          at: instant(trailBegins + Math.floor(index / 2) * day + index),
        }));
        await append(harness, one, records);
        await append(harness, two, aChain(two, 2));
        return { ...harness, records };
      };

      it('goes by whole days, and is named before', async () => {
        const { auditArchive, records } = await overDays();
        const before = instant(trailBegins + 2 * day);
        const cut = await auditArchive.cutBefore(instant(before + 3_600 * second));
        expect(cut).toEqual({ before, chains: [headOf(one, records, 4), headOf(two, aChain(two, 2), 2)] });
        expect(await auditArchive.drop(cut!)).toBe(2);
        expect(await auditArchive.records(one, 0, 10)).toEqual(records.slice(4));
        expect(await auditArchive.records(two, 0, 10)).toEqual([]);
        expect(await auditArchive.cutBefore(before)).toBeUndefined();
      });

      it('is nothing when all is young', async () => {
        const { auditArchive } = await overDays();
        expect(await auditArchive.cutBefore(trailBegins)).toBeUndefined();
      });
    });
  });
}
