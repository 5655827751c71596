/**
 * `node -C @keywarden/source -r ts-node/register/transpile-only packages/domain/authorization/src/testing/decision.bench.ts`
 *
 * A warm Encrypt: a key policy of five statements, two identity policies, 100 grants on the key; allowed by policy, by
 * the one grant whose constraint fits, and refused.
 */
import { aGrant, numberedGrantId } from '@keywarden/grants/testing';
import { Bench } from 'tinybench';
import { GrantSelection } from '../grant-selection';
import { policyAuthoriser } from '../policy-authoriser';
import { aPolicy, aKeyWith, aRoleSession, aUse, delegatesToAccount } from './a-use';

const role = 'arn:aws:iam::111122223333:role/ops/builder';
const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];
const administer = ['kms:Create*', 'kms:Describe*', 'kms:Enable*', 'kms:List*', 'kms:Put*', 'kms:Update*'];
const statements = [
  { Sid: 'Administrators', Principal: { AWS: role }, Action: administer },
  {
    Sid: 'Partners',
    Principal: { AWS: 'arn:aws:iam::444455556666:root' },
    Action: use,
    Condition: { StringEquals: { 'kms:EncryptionContext:Team': '${aws:PrincipalTag/Team}' } },
  },
  { Sid: 'Grants', Principal: { AWS: role }, Action: ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'] },
  {
    Sid: 'Only from the office',
    Effect: 'Deny' as const,
    Principal: '*',
    Condition: { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '2001:db8::/32'] } },
  },
];
const identity = [
  aPolicy({ Action: use, Resource: 'arn:aws:kms:*:111122223333:key/*' }),
  aPolicy({ Effect: 'Deny', Action: 'kms:ScheduleKeyDeletion' }),
];
const tags = [{ key: 'Team', value: 'blue' }];
const encryptionContext = { Team: 'blue', Document: 'd50' };
const facts = { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext };
const grants = new GrantSelection(
  Array.from({ length: 100 }, (_, index) =>
    aGrant({
      id: numberedGrantId(index),
      grantee: { kind: 'principal', arn: role },
      constraints: { encryptionContextSubset: { Document: `d${index}` } },
    }),
  ),
);

const { mayUse } = policyAuthoriser();
const key = aKeyWith(delegatesToAccount, ...statements);
const byPolicy = aUse(aRoleSession(identity, { tags }), key, { facts, grants });
const byGrant = aUse(aRoleSession([], { tags }), key, { facts, grants });
const refusedUse = aUse(aRoleSession([], { tags }), key, { facts, grants: new GrantSelection([]) });

async function run(): Promise<void> {
  const bench = new Bench({ time: 1_000 });
  bench.add('allowed by an identity policy', () => void mayUse(byPolicy));
  bench.add('allowed by one of 100 grants', () => void mayUse(byGrant));
  bench.add('refused', () => void mayUse(refusedUse));
  await bench.run();
  console.table(bench.table());
}

const outcomes = [byPolicy, byGrant, refusedUse].map((request) => mayUse(request).ok);
if (outcomes.join() !== 'true,true,false') throw new Error('measures something else');
void run();
