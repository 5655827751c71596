export { accessKeyRepositoryContract } from './access-key-repository-contract';
export { identityRepositoryContract } from './identity-repository-contract';
export { principalChangesContract } from './principal-changes-contract';
export { type PrincipalStore, principalRepositoryContract, withAccounts } from './principal-repository-contract';
export { aGroup, aManagedPolicy, aRole, aUser, anAccessKey, anAccount, anotherAccount, numberedId } from './principals';
