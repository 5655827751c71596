import { type Caller, rootCaller } from '@keywarden/identity';
import type { KmsKey } from '@keywarden/keys';
import { type AuthorisedUse, type KmsAction, authorisedUse } from '../authorised-use';

/** For tests of code behind the decision: an authorised use that nobody decided on. */
export function anAuthorisedUse<A extends KmsAction>(action: A, key: KmsKey, caller?: Caller): AuthorisedUse<A> {
  return authorisedUse(action, key, caller ?? rootCaller(key.account, 'AKIAIOSFODNN7EXAMPLE'));
}
export { aPolicy, aUser, rootOf } from './a-use';
