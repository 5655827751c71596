export { type Credential, CredentialDirectory, type CredentialDirectoryOptions } from './credential-directory';
export { type FirstAccount, type FirstAccountWishes, createFirstAccount } from './first-account';
export { secretAccessKeyPlace } from './secret-access-key-place';
