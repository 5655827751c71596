import { LocalLimiter } from './limiter';
import { requestLimiterContract } from './testing';

requestLimiterContract(async () => ({ limiter: new LocalLimiter(() => performance.now()) }));

const slow = { perSecond: 1, burst: 1 };

it('holds no more buckets than it may, and forgets full ones first', () => {
  let now = 0;
  const limiter = new LocalLimiter(() => now, 3);
  for (const bucket of ['a', 'b', 'c']) limiter.take(bucket, slow, 1);
  now = 500;
  limiter.take('a', { perSecond: 1_000, burst: 1 }, 0);
  limiter.take('d', slow, 1);
  expect(limiter.size).toBe(3);
  expect(limiter.take('b', slow, 1)).toBe(false);
  expect(limiter.take('c', slow, 1)).toBe(false);
});

it('forgets the oldest when none is full', () => {
  const limiter = new LocalLimiter(() => 0, 2);
  for (const bucket of ['a', 'b', 'c']) limiter.take(bucket, slow, 1);
  expect(limiter.size).toBe(2);
  expect(limiter.take('c', slow, 1)).toBe(false);
});

it('takes a changed rate at once', () => {
  let now = 0;
  const limiter = new LocalLimiter(() => now);
  for (let i = 0; i < 10; i += 1) limiter.take('a', { perSecond: 1, burst: 10 }, 1);
  expect(limiter.take('a', { perSecond: 1, burst: 10 }, 1)).toBe(false);
  const fast = { perSecond: 1_000, burst: 1_000 };
  // A bucket that was empty is empty, but fills at the new rate.
  expect(limiter.take('a', fast, 1)).toBe(false);
  now = 1;
  expect(limiter.take('a', fast, 1)).toBe(true);
});
