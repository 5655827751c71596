import { type ManagedPolicy, type NoSuchEntity, noSuchEntity, principalArn } from '@keywarden/identity';
import { type AccountId, type Result, accept, refuse } from '@keywarden/kernel';
import type { IdentityParts } from './identity-parts';
import type { ValidationError } from './identity-refusals';
import { namedByArn } from './principal-door';

/** Only managed policies of the account itself may be used there. */
export async function policyByArn(
  { principals }: Pick<IdentityParts, 'principals'>,
  account: AccountId,
  arn: string,
): Promise<Result<ManagedPolicy, NoSuchEntity>> {
  const named = namedByArn(arn, 'policy');
  const missing = refuse(noSuchEntity('policy', arn));
  if (named?.account !== account) return missing;
  const policy = await principals.find(account, 'policy', named.name);
  return policy !== undefined && principalArn(policy) === arn ? accept(policy) : missing;
}

/** The boundary a principal is to have, as a part of it. */
export async function boundaryOf(
  parts: Pick<IdentityParts, 'principals'>,
  account: AccountId,
  arn: string | undefined,
): Promise<Result<{ readonly boundary?: string }, NoSuchEntity | ValidationError>> {
  if (arn === undefined) return accept({});
  const policy = await policyByArn(parts, account, arn);
  return policy.ok ? accept({ boundary: policy.value.id }) : policy;
}
