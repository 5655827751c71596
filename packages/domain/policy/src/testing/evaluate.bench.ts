/**
 * `node -C @keywarden/source -r ts-node/register/transpile-only packages/domain/policy/src/testing/evaluate.bench.ts`
 *
 * A key policy of five statements and two identity policies, as one request to a key needs them.
 */
import { Bench } from 'tinybench';
import { accepted } from '@keywarden/kernel/testing';
import { callerFromArn } from '../caller';
import { compilePolicy } from '../compile-policy';
import { type PolicyRequest, evaluate } from '../evaluate';
import { parsePolicy } from '../parse-policy';

const root = 'arn:aws:iam::111122223333:root';
const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];
const administer = [
  'kms:Create*',
  'kms:Describe*',
  'kms:Enable*',
  'kms:List*',
  'kms:Put*',
  'kms:Update*',
  'kms:Revoke*',
];
const builder = 'arn:aws:iam::111122223333:role/builder';

const keyPolicyText = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'Enable IAM User Permissions', Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' },
    { Sid: 'Administrators', Effect: 'Allow', Principal: { AWS: builder }, Action: administer, Resource: '*' },
    {
      Sid: 'Use',
      Effect: 'Allow',
      Principal: { AWS: ['arn:aws:iam::444455556666:root', builder] },
      Action: use,
      Resource: '*',
      Condition: { StringEquals: { 'kms:EncryptionContext:Team': '${aws:PrincipalTag/Team}' } },
    },
    {
      Sid: 'Grants',
      Effect: 'Allow',
      Principal: { AWS: builder },
      Action: ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'],
      Resource: '*',
      Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
    {
      Sid: 'Only from the office',
      Effect: 'Deny',
      Principal: '*',
      Action: 'kms:*',
      Resource: '*',
      Condition: { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '2001:db8::/32'] } },
    },
  ],
});
const identityPolicyText = (...statements: readonly object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const identityTexts = [
  identityPolicyText(
    { Effect: 'Allow', Action: use, Resource: 'arn:aws:kms:*:111122223333:key/*' },
    { Effect: 'Deny', Action: 'kms:ScheduleKeyDeletion', Resource: '*' },
  ),
  identityPolicyText({
    Effect: 'Allow',
    Action: ['s3:Get*', 's3:List*'],
    Resource: 'arn:aws:s3:::home/${aws:username}/*',
  }),
];

const compiledOf = (text: string, kind: 'resource' | 'identity') =>
  compilePolicy(accepted(parsePolicy(text, { kind, maxBytes: 32_768 })));
const keyPolicy = [compiledOf(keyPolicyText, 'resource')];
const identityPolicies = identityTexts.map((text) => compiledOf(text, 'identity'));

const context = new Map([
  ['aws:sourceip', ['192.0.2.44']],
  ['aws:username', ['adele']],
  ['aws:principaltag/team', ['blue']],
  ['kms:encryptioncontext:team', ['blue']],
]);
const request = (arn: string, action: string): PolicyRequest => ({
  caller: callerFromArn(arn),
  action,
  resources: ['arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
  context: (key) => context.get(key),
});
const byUser = request('arn:aws:iam::111122223333:user/adele', 'kms:Encrypt');
const bySession = request('arn:aws:sts::111122223333:assumed-role/builder/run', 'kms:GenerateDataKeyPair');

async function main(): Promise<void> {
  const bench = new Bench({ time: 1_000 });
  bench
    .add('user: key policy and two identity policies', () => {
      evaluate(keyPolicy, byUser);
      evaluate(identityPolicies, byUser);
    })
    .add('role session: key policy and two identity policies', () => {
      evaluate(keyPolicy, bySession);
      evaluate(identityPolicies, bySession);
    })
    .add('the key policy alone', () => {
      evaluate(keyPolicy, byUser);
    })
    .add('parse and compile the key policy', () => {
      compiledOf(keyPolicyText, 'resource');
    });
  await bench.run();
  console.table(bench.table());
}

void main();
