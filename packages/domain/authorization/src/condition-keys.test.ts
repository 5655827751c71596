import { instant } from '@keywarden/kernel';
import { aKmsKey, home, ireland } from '@keywarden/keys/testing';
import type { RequestFacts } from './authoriser';
import type { Asked } from './condition-values';
import { conditionContext } from './condition-context';
import { aRoleSession, aRoot, aUser, anOrigin, owner } from './testing/a-use';

const asked = (changes: Partial<Asked> = {}): Asked => ({
  caller: aUser([], { tags: [{ key: 'Team', value: 'blue*' }] }),
  action: 'kms:Encrypt',
  origin: anOrigin,
  facts: {},
  account: owner,
  key: aKmsKey({ tags: [{ key: 'CostCenter', value: '42' }] }),
  ...changes,
});
const valueOf = (key: string, changes: Partial<Asked> = {}) => conditionContext(asked(changes))(key)?.join();

const ofRequest: readonly [key: string, facts: RequestFacts, value: string][] = [
  ['kms:encryptionalgorithm', { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }, 'SYMMETRIC_DEFAULT'],
  ['kms:encryptioncontext:dept', { encryptionContext: { Dept: 'IT' } }, 'IT'],
  ['kms:encryptioncontextkeys', { encryptionContext: { Dept: 'IT', Site: 'A' } }, 'Dept,Site'],
  ['kms:signingalgorithm', { signingAlgorithm: 'ECDSA_SHA_256' }, 'ECDSA_SHA_256'],
  ['kms:messagetype', { messageType: 'RAW' }, 'RAW'],
  ['kms:macalgorithm', { macAlgorithm: 'HMAC_SHA_256' }, 'HMAC_SHA_256'],
  ['kms:keyagreementalgorithm', { keyAgreementAlgorithm: 'ECDH' }, 'ECDH'],
  ['kms:datakeypairspec', { dataKeyPairSpec: 'RSA_2048' }, 'RSA_2048'],
  ['kms:requestalias', { requestAlias: 'alias/app' }, 'alias/app'],
  ['kms:requestalias', { requestAlias: 'arn:aws:kms:eu-central-1:111122223333:alias/app' }, 'alias/app'],
  ['kms:reencryptonsamekey', { reEncryptOnSameKey: false }, 'false'],
  ['kms:bypasspolicylockoutsafetycheck', { bypassPolicyLockoutSafetyCheck: true }, 'true'],
  ['kms:schedulekeydeletionpendingwindowindays', { scheduleKeyDeletionPendingWindowInDays: 30 }, '30'],
  ['kms:rotationperiodindays', { rotationPeriodInDays: 365 }, '365'],
  ['kms:wrappingalgorithm', { wrappingAlgorithm: 'RSAES_OAEP_SHA_256' }, 'RSAES_OAEP_SHA_256'],
  ['kms:wrappingkeyspec', { wrappingKeySpec: 'RSA_4096' }, 'RSA_4096'],
  ['kms:expirationmodel', { expirationModel: 'KEY_MATERIAL_EXPIRES' }, 'KEY_MATERIAL_EXPIRES'],
  ['kms:validto', { validTo: instant(Date.UTC(2027, 0, 1)) }, '2027-01-01T00:00:00.000Z'],
  ['kms:replicaregion', { replicaRegion: 'eu-west-1' }, 'eu-west-1'],
  ['kms:primaryregion', { primaryRegion: 'eu-west-1' }, 'eu-west-1'],
  [
    'kms:granteeprincipal',
    { granteePrincipal: 'arn:aws:iam::111122223333:user/bob' },
    'arn:aws:iam::111122223333:user/bob',
  ],
  ['kms:granteeserviceprincipal', { granteeServicePrincipal: 's3.amazonaws.com' }, 's3.amazonaws.com'],
  ['kms:retiringprincipal', { retiringPrincipal: 'arn:aws:iam::111122223333:root' }, 'arn:aws:iam::111122223333:root'],
  ['kms:retiringserviceprincipal', { retiringServicePrincipal: 's3.amazonaws.com' }, 's3.amazonaws.com'],
  ['kms:grantoperations', { grantOperations: ['Decrypt', 'Encrypt'] }, 'Decrypt,Encrypt'],
  ['kms:grantconstrainttype', { grantConstraintType: 'EncryptionContextEquals' }, 'EncryptionContextEquals'],
  ['kms:grantconstraintsourcearn', { grantConstraints: { sourceArn: 'arn:aws:s3:::b' } }, 'arn:aws:s3:::b'],
  ['aws:requesttag/costcenter', { requestTags: [{ key: 'CostCenter', value: '7' }] }, '7'],
  ['aws:tagkeys', { requestTags: [{ key: 'CostCenter', value: '7' }] }, 'CostCenter'],
  ['aws:tagkeys', { tagKeys: ['a', 'b'] }, 'a,b'],
];

it.each(ofRequest)('%s says what the request asks for, and is missing when it does not', (key, facts, value) => {
  expect(valueOf(key, { facts })).toBe(value);
  expect(valueOf(key) ?? '').toBe('');
});

it.each([
  ['kms:keyspec', 'SYMMETRIC_DEFAULT'],
  ['kms:customermasterkeyspec', 'SYMMETRIC_DEFAULT'],
  ['kms:keyusage', 'ENCRYPT_DECRYPT'],
  ['kms:customermasterkeyusage', 'ENCRYPT_DECRYPT'],
  ['kms:keyorigin', 'AWS_KMS'],
  ['kms:multiregion', 'false'],
  ['kms:multiregionkeytype', undefined],
  ['kms:calleraccount', '111122223333'],
  ['kms:viaservice', undefined],
  ['aws:resourcetag/costcenter', '42'],
  ['aws:principaltag/team', 'blue*'],
  ['aws:principalarn', 'arn:aws:iam::111122223333:user/adele'],
  ['aws:principalaccount', '111122223333'],
  ['aws:principaltype', 'User'],
  ['aws:userid', 'AIDACKCEVSQ6C2EXAMPLE'],
  ['aws:username', 'adele'],
  ['aws:sourceip', '192.0.2.44'],
  ['aws:securetransport', 'true'],
  ['aws:useragent', 'aws-cli/2'],
  ['aws:requestedregion', 'eu-central-1'],
  ['aws:currenttime', '2026-01-01T00:00:00.000Z'],
  ['aws:epochtime', '1767225600'],
  ['aws:resourceaccount', '111122223333'],
  ['aws:viaawsservice', 'false'],
  ['aws:principalisawsservice', 'false'],
  ['aws:multifactorauthpresent', undefined],
  ['aws:tokenissuetime', undefined],
  ['aws:principalorgid', undefined],
  ['constructor', undefined],
  ['kms:encryptioncontext:constructor', ''],
])('%s of a user and a key is %s', (key, value) => {
  expect(valueOf(key)).toBe(value);
});

it('a session is its role to aws:PrincipalArn, and says when its token was issued', () => {
  const session = {
    kind: 'AssumeRole',
    issuedAt: anOrigin.now,
    expiresAt: anOrigin.now,
    transitiveTagKeys: [],
  } as const;
  const caller = aRoleSession([], { session });
  expect(valueOf('aws:principalarn', { caller })).toBe('arn:aws:iam::111122223333:role/ops/builder');
  expect(valueOf('aws:principaltype', { caller })).toBe('AssumedRole');
  expect(valueOf('aws:tokenissuetime', { caller })).toBe('2026-01-01T00:00:00.000Z');
  expect(valueOf('aws:multifactorauthpresent', { caller })).toBe('false');
  expect(valueOf('aws:username', { caller })).toBeUndefined();
  const { roleArn: _, ...pathless } = caller;
  expect(valueOf('aws:principalarn', { caller: pathless })).toBe('arn:aws:iam::111122223333:role/builder');
  expect(valueOf('aws:principaltype', { caller: aRoot() })).toBe('Account');
});

it('a key to be made is described by the request', () => {
  const facts = { keySpec: 'RSA_2048', keyUsage: 'SIGN_VERIFY', keyOrigin: 'EXTERNAL', multiRegion: true };
  const values = ['spec', 'usage', 'origin'].map((name) => valueOf(`kms:key${name}`, { key: undefined, facts }));
  expect(values).toEqual(['RSA_2048', 'SIGN_VERIFY', 'EXTERNAL']);
  expect(valueOf('kms:multiregionkeytype', { key: undefined, facts })).toBe('PRIMARY');
  expect(
    valueOf('kms:multiregionkeytype', { key: undefined, facts: { ...facts, multiRegionKeyType: 'REPLICA' } }),
  ).toBe('REPLICA');
  expect(valueOf('kms:calleraccount', { key: undefined, facts })).toBeUndefined();
});

it('a multi-Region key says which of its copies it is', () => {
  const multiRegion = { primaryRegion: home.region, replicaRegions: [ireland] };
  expect(valueOf('kms:multiregionkeytype', { key: aKmsKey({ multiRegion }) })).toBe('PRIMARY');
  expect(valueOf('kms:multiregionkeytype', { key: aKmsKey({ multiRegion, region: ireland }) })).toBe('REPLICA');
  expect(valueOf('kms:multiregion', { key: aKmsKey({ multiRegion }) })).toBe('true');
});

it('a context with two names that differ in case has two values under one key', () => {
  expect(valueOf('kms:encryptioncontext:dept', { facts: { encryptionContext: { Dept: 'IT', dept: 'HR' } } })).toBe(
    'IT,HR',
  );
});

it('a letter that only looks like one in lower case is another', () => {
  expect(valueOf('kms:encryptioncontext:kind', { facts: { encryptionContext: { '\u212Aind': 'x' } } })).toBe('');
});

it('measurements belong to enclaves and to instances apart', () => {
  const pcrs = new Map([
    [0, 'aa'],
    [4, 'bb'],
  ]);
  const enclave = { facts: { recipientAttestation: { kind: 'NitroEnclave', pcrs } } } as const;
  const instance = { facts: { recipientAttestation: { kind: 'NitroTPM', pcrs } } } as const;
  const of = (name: string, by: Partial<Asked>) => valueOf(`kms:recipientattestation:${name}`, by);
  expect([of('imagesha384', enclave), of('pcr4', enclave), of('pcr04', enclave), of('nitrotpmpcr4', enclave)]).toEqual([
    'aa',
    'bb',
    undefined,
    undefined,
  ]);
  expect([of('imagesha384', instance), of('pcr4', instance), of('nitrotpmpcr4', instance)]).toEqual([
    undefined,
    undefined,
    'bb',
  ]);
  expect(of('pcr0', {})).toBeUndefined();
});

it('days without use that nobody counted are no number, so that conditions on them fail closed', () => {
  expect(valueOf('kms:trailingdayswithoutkeyusage', { action: 'kms:DisableKey' })).toBe('unknown');
  expect(
    valueOf('kms:trailingdayswithoutkeyusage', { action: 'kms:DisableKey', facts: { trailingDaysWithoutKeyUsage: 3 } }),
  ).toBe('3');
  expect(valueOf('kms:trailingdayswithoutkeyusage')).toBeUndefined();
});

it('grants are never made for AWS services here', () => {
  expect(valueOf('kms:grantisforawsresource', { action: 'kms:CreateGrant' })).toBe('false');
  expect(valueOf('kms:grantisforawsresource')).toBeUndefined();
});
