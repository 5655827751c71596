export { type DueKeysHarness, dueKeysContract } from './due-keys-contract';
export { simulatedYearsContract } from './simulated-years-contract';
