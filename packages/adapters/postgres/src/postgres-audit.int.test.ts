import { auditStoreContract } from '@keywarden/audit/testing';
import type { PostgresStore } from './open-postgres';
import { testStore } from './testing/test-store';

const database = testStore();
let shared: PostgresStore | undefined;
const emptyStore = async (): Promise<PostgresStore> => {
  await database.empty();
  return (shared ??= database.open());
};

auditStoreContract(emptyStore);
