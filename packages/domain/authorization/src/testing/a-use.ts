import { type Caller, rootCaller } from '@keywarden/identity';
import { type AccountId, parseAccountId } from '@keywarden/kernel';
import { type KmsKey, arnOf } from '@keywarden/keys';
import { aKmsKey } from '@keywarden/keys/testing';
import type { KmsAction } from '../authorised-use';
import type { RequestOrigin, UseRequest } from '../authoriser';

type Element = string | readonly string[] | object;

/** A statement of a policy; Allow, every KMS action and `*` unless told. */
export interface AStatement {
  readonly Sid?: string;
  readonly Effect?: 'Allow' | 'Deny';
  readonly Principal?: Element;
  readonly NotPrincipal?: Element;
  readonly Action?: Element;
  readonly NotAction?: Element;
  readonly Resource?: Element;
  readonly Condition?: object;
}

/** The text of a policy with these statements. */
export function aPolicy(...statements: readonly AStatement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({
      Effect: 'Allow',
      ...('NotAction' in statement ? {} : { Action: 'kms:*' }),
      Resource: '*',
      ...statement,
    })),
  });
}

export const owner = parseAccountId('111122223333') as AccountId;
export const otherAccount = parseAccountId('444455556666') as AccountId;

export const rootOf = (account: AccountId): string => `arn:aws:iam::${account}:root`;

/** What the default key policy says: the policies of the account decide. */
export const delegatesToAccount: AStatement = { Principal: { AWS: rootOf(owner) } };

/** Names nobody any more: what is left of a deleted user. A policy needs at least one statement. */
const aboutNobody: AStatement = { Principal: { AWS: 'AIDACKCEVSQ6C2DELETED' } };

export function aKeyWith(...statements: readonly AStatement[]): KmsKey {
  return aKmsKey({ policy: aPolicy(aboutNobody, ...statements) });
}

/** A user with these identity policies. */
export function aUser(identity: readonly string[] = [], changes: Partial<Caller> = {}): Caller {
  const account = changes.account ?? owner;
  return {
    account,
    arn: `arn:aws:iam::${account}:user/adele`,
    type: 'IAMUser',
    principalId: 'AIDACKCEVSQ6C2EXAMPLE',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    userName: 'adele',
    policies: { identity },
    ...changes,
  };
}

/** A session of the role `/ops/builder`, with these identity policies of the role. */
export function aRoleSession(identity: readonly string[] = [], changes: Partial<Caller> = {}): Caller {
  const account = changes.account ?? owner;
  return {
    account,
    arn: `arn:aws:sts::${account}:assumed-role/builder/run-1`,
    roleArn: `arn:aws:iam::${account}:role/ops/builder`,
    type: 'AssumedRole',
    principalId: 'AROACKCEVSQ6C2EXAMPLE:run-1',
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    policies: { identity },
    ...changes,
  };
}

export function aRoot(account: AccountId = owner): Caller {
  return rootCaller(account, 'AKIAIOSFODNN7EXAMPLE');
}

export const anOrigin: RequestOrigin = {
  region: aKmsKey().region,
  now: aKmsKey().createdAt,
  sourceIp: '192.0.2.44',
  secureTransport: true,
  userAgent: 'aws-cli/2',
};

/** An Encrypt by a caller, changed as a test needs it. */
export function aUse(caller: Caller, key: KmsKey, changes: Partial<UseRequest<KmsAction>> = {}): UseRequest<KmsAction> {
  return { caller, action: 'kms:Encrypt', key, origin: anOrigin, facts: {}, grantTokens: [], ...changes };
}

export const arnOfKey = arnOf(aKmsKey());
