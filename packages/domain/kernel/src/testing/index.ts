export { SettableClock } from './settable-clock';
export { CountingRandomness } from './counting-randomness';
export { accepted, refused } from './results';
