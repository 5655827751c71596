import type { AccessDenied, AuthorisedCall, Authoriser, KmsAction, RequestFacts } from '@keywarden/authorization';
import type { Result } from '@keywarden/kernel';
import type { RequestContext } from './request-context';

/** The decision for operations that concern the caller's account and no single key. */
export function mayCall<A extends KmsAction>(
  authoriser: Authoriser,
  context: RequestContext,
  action: A,
  resource = '*',
  facts: RequestFacts = {},
): Result<AuthorisedCall<A>, AccessDenied> {
  const { caller } = context;
  return authoriser.mayCall({ caller, action, account: caller.account, resource, origin: context, facts });
}
