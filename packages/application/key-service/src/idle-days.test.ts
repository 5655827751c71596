import { policyAuthoriser } from '@keywarden/authorization';
import { aPolicy, aUser, rootOf } from '@keywarden/authorization/testing';
import { openInMemory } from '@keywarden/in-memory';
import { days, plusDays } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { aKmsKey } from '@keywarden/keys/testing';
import { keyServiceOn } from './testing/key-service-suite';

const key = aKmsKey({ policy: aPolicy({ Principal: { AWS: rootOf(aKmsKey().account) } }) });
const unusedForAMonth = aPolicy({
  Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
  Condition: { NumericGreaterThanEquals: { 'kms:TrailingDaysWithoutKeyUsage': '30' } },
});

/** Days after the key was made, with a last use on the day given. */
async function onDay(day: number, lastUseOn?: number) {
  const service = keyServiceOn(openInMemory(), { authoriser: policyAuthoriser() });
  await service.given(key);
  service.clock.set(plusDays(key.createdAt, days(day)));
  if (lastUseOn !== undefined) {
    const at = plusDays(key.createdAt, days(lastUseOn));
    service.usage.note({ key, operation: 'Decrypt', at, requestId: 'r' });
  }
  const context = { ...service.own(), caller: aUser([unusedForAMonth]) };
  return {
    disable: () => service.lifecycle.disableKey(context, { keyId: key.id }),
    schedule: () => service.lifecycle.scheduleKeyDeletion(context, { keyId: key.id }),
  };
}

describe('a policy that lets only unused keys go', () => {
  it.each([
    [29, undefined],
    [40, 11],
  ])('keeps a key on day %d that was last used on day %d', async (day, lastUseOn) => {
    const { disable, schedule } = await onDay(day, lastUseOn);
    expect(refused(await disable()).code).toBe('AccessDenied');
    expect(refused<unknown, { code: string }>(await schedule()).code).toBe('AccessDenied');
  });

  it.each([
    [30, undefined],
    [40, 10],
  ])('lets a key go on day %d that was last used on day %d', async (day, lastUseOn) => {
    const { disable, schedule } = await onDay(day, lastUseOn);
    accepted(await disable());
    accepted(await schedule());
  });
});
