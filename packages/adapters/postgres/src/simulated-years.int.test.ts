import { simulatedYearsContract } from '@keywarden/maintenance/testing';
import { testStore } from './testing/test-store';

const database = testStore();

simulatedYearsContract(async (clock) => {
  await database.empty();
  return database.open({ clock });
}, 2);
