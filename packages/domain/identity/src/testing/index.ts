export { identityRepositoryContract } from './identity-repository-contract';
