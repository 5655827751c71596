export { type DueKeysHarness, dueKeysContract } from './due-keys-contract';
