export { type XksStoreHarness, aXksStore, xksStoreRepositoryContract } from './xks-store-repository-contract';
