export { type Caller, rootCaller } from './caller';
export type { AccessKey, Account, IdentityRepository } from './access-key';
