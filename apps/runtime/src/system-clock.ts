import { type Clock, instant } from '@keywarden/kernel';

export const systemClock: Clock = { now: () => instant(Date.now()) };
