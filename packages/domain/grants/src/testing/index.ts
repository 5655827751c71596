export { aGrant, aUser, grantTerms, numberedGrantId } from './a-grant';
export { type GrantStoreHarness, grantRepositoryContract } from './grant-repository-contract';
