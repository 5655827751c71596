import { accept, refuse } from '@keywarden/kernel';
import { arnOf } from '@keywarden/keys';
import type { Authoriser } from './authoriser';
import { authorisedCall, authorisedUse } from './authorised-use';

/** Every principal of an account may use the keys of that account, and nobody else can. */
export const sameAccountAuthoriser: Authoriser = {
  mayUse({ caller, action, key, origin: { requestId } }) {
    if (caller.account === key.account) return accept(authorisedUse(action, key, caller, { requestId }));
    const resource = arnOf(key);
    return refuse({ code: 'AccessDenied', callerArn: caller.arn, action, resource, reason: 'NoResourcePolicyAllows' });
  },

  mayCall({ caller, action, account, resource }) {
    if (caller.account === account) return accept(authorisedCall(action, caller));
    return refuse({ code: 'AccessDenied', callerArn: caller.arn, action, resource, reason: 'NoResourcePolicyAllows' });
  },
};
