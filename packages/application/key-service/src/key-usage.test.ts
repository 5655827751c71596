import { instant } from '@keywarden/kernel';
import { accepted } from '@keywarden/kernel/testing';
import { aKmsKey, frankfurt, ireland, numberedKeyId } from '@keywarden/keys/testing';
import { InMemoryKeyUsage } from './in-memory-key-usage';
import { GetKeyLastUsageHandler } from './key-last-usage';
import type { NotedUse } from './key-usage';
import { KeyUsageRecorder } from './key-usage-recorder';
import { describeDoor } from './testing/door-refusals';
import { operationSuite } from './testing/operation-suite';

const key = aKmsKey();
const useOf = (at: number, index = 1, region = frankfurt): NotedUse => ({
  key: { region, id: numberedKeyId(index) },
  operation: 'Encrypt',
  at: instant(at),
  requestId: `request ${at}`,
});
const seen = ({ key: _, ...use }: NotedUse) => use;

describe('the recorder of key uses', () => {
  it('knows the last use before and after it was flushed', async () => {
    const records = new InMemoryKeyUsage(10);
    const recorder = new KeyUsageRecorder(records, 10);
    for (const at of [1, 3, 2]) recorder.note(useOf(at));
    expect(await recorder.lastUse(useOf(3).key)).toEqual(useOf(3));
    expect(await records.lastUse(useOf(3).key)).toBeUndefined();
    await recorder.flush();
    expect(await records.lastUse(useOf(3).key)).toEqual(seen(useOf(3)));
    expect(await recorder.lastUse(useOf(3).key)).toEqual(seen(useOf(3)));
  });

  it('hands each key over once, and nothing when nothing was used', async () => {
    const record = jest.fn(async () => undefined);
    const recorder = new KeyUsageRecorder({ record, lastUse: async () => undefined }, 10);
    await recorder.flush();
    expect(record).not.toHaveBeenCalled();
    for (const use of [useOf(1), useOf(2), useOf(3, 2), useOf(4, 1, ireland)]) recorder.note(use);
    await recorder.flush();
    expect(record.mock.calls).toEqual([[[useOf(2), useOf(3, 2), useOf(4, 1, ireland)]]]);
  });

  it('keeps what the store did not take, and newer uses over it', async () => {
    const records = new InMemoryKeyUsage(10);
    let broken = true;
    const recorder = new KeyUsageRecorder(
      {
        lastUse: (name) => records.lastUse(name),
        record: async (uses) => {
          if (!broken) return records.record(uses);
          recorder.note(useOf(9));
          throw new Error('the store is gone');
        },
      },
      10,
    );
    recorder.note(useOf(1));
    recorder.note(useOf(5, 2));
    await expect(recorder.flush()).rejects.toThrow('the store is gone');
    broken = false;
    await recorder.flush();
    expect(await records.lastUse(useOf(1).key)).toEqual(seen(useOf(9)));
    expect(await records.lastUse(useOf(5, 2).key)).toEqual(seen(useOf(5, 2)));
  });

  it('holds no more keys than it may', async () => {
    const recorder = new KeyUsageRecorder(new InMemoryKeyUsage(10), 2);
    for (const index of [1, 2, 3]) recorder.note(useOf(index, index));
    expect(await recorder.lastUse(useOf(1, 1).key)).toBeUndefined();
    expect(await recorder.lastUse(useOf(3, 3).key)).toEqual(useOf(3, 3));
  });

  it('never lets an older use take the place of a newer one in the store', async () => {
    const records = new InMemoryKeyUsage(10);
    await records.record([useOf(5)]);
    await records.record([useOf(4)]);
    expect(await records.lastUse(useOf(5).key)).toEqual(seen(useOf(5)));
  });
});

describe('GetKeyLastUsage', () => {
  const recorder = new KeyUsageRecorder(new InMemoryKeyUsage(10), 10);
  describeDoor(key, 'refused', (suite, keyId, stranger) =>
    new GetKeyLastUsageHandler(suite.door, recorder).handle(stranger === true ? suite.stranger() : suite.context(), {
      keyId,
    }),
  );

  it('answers the last use, or an empty one when there was none', async () => {
    const { door, context } = operationSuite(key);
    const handler = new GetKeyLastUsageHandler(door, recorder);
    const dates = { keyCreationDate: key.createdAt, trackingStartDate: key.createdAt };
    const none = accepted(await handler.handle(context(), { keyId: key.id }));
    expect(none).toEqual({ keyId: key.id, ...dates, keyLastUsage: {} });
    recorder.note({ ...useOf(7), key });
    const used = accepted(await handler.handle(context(), { keyId: key.id }));
    const keyLastUsage = { operation: 'Encrypt', timestamp: instant(7), kmsRequestId: 'request 7' };
    expect(used).toEqual({ keyId: key.id, ...dates, keyLastUsage });
  });
});
