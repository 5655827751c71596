import { sha256 } from '@keywarden/audit/testing';
import type { HeadSeal } from '../ports';

/** Seals that only who knows the word can make. */
export const testSeal = (word = 'secret'): HeadSeal => ({
  seal: (statement) => sha256(`${word} ${statement}`),
  holds: (statement, seal) => sha256(`${word} ${statement}`) === seal,
});
