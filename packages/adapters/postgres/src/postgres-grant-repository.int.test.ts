import { grantRepositoryContract } from '@keywarden/grants/testing';
import type { PostgresStore } from './open-postgres';
import { testStore } from './testing/test-store';

const test = testStore();
let shared: PostgresStore | undefined;

// A feed belongs to one test: its subscribers are never forgotten.
grantRepositoryContract(async () => {
  await test.empty();
  const { keys, aliases, grants } = (shared ??= test.open());
  return { keys, aliases, grants, feed: test.open().feed };
});
