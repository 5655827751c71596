import { type Authoriser, sameAccountAuthoriser } from '@keywarden/authorization';
import type { Caller } from '@keywarden/identity';
import { type AccountId, parseAccountId } from '@keywarden/kernel';
import { CountingRandomness } from '@keywarden/kernel/testing';
import type { KmsKey } from '@keywarden/keys';
import { CreateGrantHandler } from '../grant-create';
import { GrantEndingHandlers } from '../grant-endings';
import { GrantListHandlers } from '../grant-lists';
import { operationSuite } from './operation-suite';
import { StoredGrants, fakeGrantTokens } from './stored-grants';

export const limit = 3;

/** The operations on grants over stores in memory. */
export function grantSuite(keys: readonly KmsKey[], authoriser: Authoriser = sameAccountAuthoriser) {
  const suite = operationSuite(...keys);
  const { door, directory } = suite;
  const grants = new StoredGrants(suite.store);
  const tokens = fakeGrantTokens();
  return {
    ...suite,
    grants,
    tokens,
    create: new CreateGrantHandler(door, grants, tokens, new CountingRandomness(), () => limit),
    lists: new GrantListHandlers(door, authoriser, grants),
    endings: new GrantEndingHandlers(door, authoriser, grants, tokens, directory),
  };
}

/** @param arn of a user, an assumed-role session or the root of an account */
export function callerOf(arn: string): Caller {
  const account = parseAccountId(arn.split(':')[4] ?? '') as AccountId;
  return { account, arn, type: 'IAMUser', principalId: 'AIDACKCEVSQ6C2EXAMPLE', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
}
