import type { Brand } from './brand';

/** Milliseconds since the Unix epoch, whole. */
export type Instant = Brand<number, 'Instant'>;

/** Whole days of 86,400 seconds. */
export type Days = Brand<number, 'Days'>;

const millisecondsPerDay = 86_400_000;

/** @throws RangeError unless `milliseconds` is a whole number a Date can hold */
export function instant(milliseconds: number): Instant {
  if (!Number.isInteger(milliseconds) || Math.abs(milliseconds) > 8.64e15) {
    throw new RangeError(`not an instant: ${milliseconds}`);
  }
  return milliseconds as Instant;
}

/** @throws RangeError unless `count` is a whole number */
export function days(count: number): Days {
  if (!Number.isInteger(count)) throw new RangeError(`not whole days: ${count}`);
  return count as Days;
}

export function plusDays(start: Instant, count: Days): Instant {
  return instant(start + count * millisecondsPerDay);
}

export function plusMilliseconds(start: Instant, milliseconds: number): Instant {
  return instant(start + milliseconds);
}

/** Whole days from `start` to `end`, begun ones left out; negative when `end` comes first. */
export function daysBetween(start: Instant, end: Instant): Days {
  return days(Math.trunc((end - start) / millisecondsPerDay));
}

/** Where the time comes from; domain code receives instants and never asks a clock itself. */
export interface Clock {
  now(): Instant;
}
