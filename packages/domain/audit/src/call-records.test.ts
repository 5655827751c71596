import type { Caller } from '@keywarden/identity';
import { SecretBytes, instant } from '@keywarden/kernel';
import { columnsOf } from './audit-record';
import type { AuditedCall } from './audit-trail';
import { recordsOf } from './call-records';
import { iamOperations, stsOperations } from './identity-operations';
import { kmsOperations } from './kms-operations';
import { RequestNotes } from './request-notes';
import { aCall, aKey, aMaterial, alice, frankfurt, ireland, otherAccount, ownAccount, root } from './testing/index';

const at = instant(Date.UTC(2026, 4, 17, 22, 38, 27, 123));
const keyArn = `arn:aws:kms:eu-central-1:111122223333:key/${aKey.id}`;

function recorded(changes: Partial<AuditedCall> = {}) {
  let ids = 0;
  const id = (): string => `00000000-0000-4000-8000-00000000000${(ids += 1)}`;
  const records = recordsOf(aCall(changes), at, id);
  return records.map((record) => ({ ...record, event: JSON.parse(record.text) as Record<string, unknown> }));
}

const eventOf = (changes: Partial<AuditedCall> = {}) => recorded(changes)[0]!.event;

it('a call is recorded as CloudTrail does', () => {
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' };
  const origin = { sourceIp: '::ffff:192.0.2.1', userAgent: 'aws-cli/2', host: 'kms.example.com', tls };
  expect(eventOf({ origin })).toEqual({
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: alice.principalId,
      arn: alice.arn,
      accountId: ownAccount,
      accessKeyId: alice.accessKeyId,
      userName: 'alice',
    },
    eventTime: '2026-05-17T22:38:27Z',
    eventSource: 'kms.amazonaws.com',
    eventName: 'Encrypt',
    awsRegion: 'eu-central-1',
    sourceIPAddress: '192.0.2.1',
    userAgent: 'aws-cli/2',
    requestParameters: {
      keyId: aKey.id,
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      encryptionContext: { purpose: 'test' },
    },
    responseElements: null,
    additionalEventData: { keyMaterialId: aMaterial },
    requestID: '0b7b5f0c-0000-4000-8000-000000000000',
    eventID: '00000000-0000-4000-8000-000000000001',
    readOnly: true,
    resources: [{ accountId: ownAccount, type: 'AWS::KMS::Key', ARN: keyArn }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ownAccount,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: 'kms.example.com',
    },
  });
});

describe('the columns of a record', () => {
  const session: Caller = {
    ...alice,
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/deploy/one',
    principalId: 'AROADEPLOYDEPLOYDEPL:one',
    roleArn: 'arn:aws:iam::111122223333:role/ci/deploy',
    userName: undefined,
    session: { kind: 'AssumeRole', issuedAt: at, expiresAt: at, transitiveTagKeys: [], sourceIdentity: 'bob' },
  } as Caller;
  const denied = { type: 'AccessDeniedException', message: 'no' };

  it.each<[string, Partial<AuditedCall>]>([
    ['a user', {}],
    ['the root user', { caller: root }],
    ['a role session', { caller: session }],
    ['a denied call', { error: denied }],
    ['a signature that does not hold', { authenticated: false, command: undefined, error: denied }],
    ['an action of IAM', { service: 'iam', operation: 'CreateUser', command: { userName: 'bob', path: '/' } }],
    ['an action of STS', { service: 'sts', operation: 'GetCallerIdentity', command: {} }],
    ['control characters', { origin: { ...aCall().origin, userAgent: 'a\u0000\u001e\u001f\ud800b' } }],
  ])('are those that its text says: %s', (_what, changes) => {
    for (const { text, account, region, at: when, event, ...record } of recorded(changes)) {
      const { eventId, source, eventName, userName, accessKeyId, readOnly, resources } = record;
      expect(columnsOf(text)).toEqual({ eventId, source, eventName, userName, accessKeyId, readOnly, resources });
      expect(event).toMatchObject({ recipientAccountId: account, awsRegion: region });
      expect(Date.parse(event['eventTime'] as string)).toBe(Math.floor(when / 1_000) * 1_000);
      expect(text).not.toMatch(/[\u0000-\u001f]/);
    }
  });

  it('name a role session by its session, and tell of its role', () => {
    const [record] = recorded({ caller: session });
    expect(record!.userName).toBe('one');
    expect(record!.event['userIdentity']).toMatchObject({
      sessionContext: {
        sessionIssuer: { type: 'Role', principalId: 'AROADEPLOYDEPLOYDEPL', arn: session.roleArn, userName: 'deploy' },
        attributes: { creationDate: '2026-05-17T22:38:27Z', mfaAuthenticated: 'false' },
        sourceIdentity: 'bob',
      },
    });
  });
});

describe('a call that fails', () => {
  it('is recorded with its error and without an answer', () => {
    const event = eventOf({ error: { type: 'DisabledException', message: 'is disabled' }, answer: undefined });
    expect(event).toMatchObject({
      errorCode: 'DisabledException',
      errorMessage: 'is disabled',
      responseElements: null,
    });
  });

  it('because it was denied is called what CloudTrail calls it', () => {
    expect(eventOf({ error: { type: 'AccessDeniedException' } })['errorCode']).toBe('AccessDenied');
  });

  it('because it could not be read is recorded without what it quotes', () => {
    const message =
      "1 validation error detected: Value 'AQICAH-secret-token' at 'grantTokens' failed to satisfy constraint";
    const event = eventOf({ command: undefined, error: { type: 'ValidationException', message } });
    expect(event).toMatchObject({ requestParameters: null, errorMessage: '1 validation error detected' });
  });

  it('because its signature does not hold proves nothing of who sent it', () => {
    const event = eventOf({ authenticated: false, command: undefined, error: { type: 'InvalidSignatureException' } });
    expect(event['userIdentity']).toEqual({
      type: 'Unknown',
      accountId: ownAccount,
      accessKeyId: alice.accessKeyId,
    });
  });
});

describe('a call across accounts', () => {
  const foreign = () => {
    const notes = new RequestNotes();
    notes.key({ ...aKey, account: otherAccount }).grantId = 'a-grant';
    return notes;
  };

  it('is on record in both, the owner of the key learning no more than who it was', () => {
    const [own, other, ...more] = recorded({ notes: foreign() });
    expect(more).toEqual([]);
    expect([own!.account, other!.account]).toEqual([ownAccount, otherAccount]);
    expect(own!.event['sharedEventID']).toBe(other!.event['sharedEventID']);
    expect(own!.eventId).not.toBe(other!.eventId);
    const { principalId } = alice;
    expect(other!.event['userIdentity']).toEqual({ type: 'AWSAccount', principalId, accountId: ownAccount });
    expect(other).toMatchObject({ userName: '', accessKeyId: '' });
    expect(own!.event['additionalEventData']).toMatchObject({ grantId: 'a-grant' });
  });

  it.each(['AccessDeniedException', 'NotFoundException'])('that ends in %s shows nobody the key', (type) => {
    const records = recorded({ notes: foreign(), error: { type }, answer: undefined });
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ account: ownAccount, resources: [] });
    expect(records[0]!.text).not.toContain(otherAccount);
  });
});

it('a call that concerns two Regions is on record in both', () => {
  const notes = new RequestNotes();
  notes.key(aKey);
  notes.key({ ...aKey, region: ireland });
  const records = recorded({ operation: 'ReplicateKey', notes, command: { keyId: aKey.id, replicaRegion: ireland } });
  expect(records.map(({ region }) => region)).toEqual([frankfurt, ireland]);
  expect(records.map(({ event }) => event['sharedEventID'])).toEqual([undefined, undefined]);
  expect(records[1]!.event['userIdentity']).toMatchObject({ arn: alice.arn });
});

it('a web identity is on record in the account of the role it asks for', () => {
  const notes = new RequestNotes();
  notes.webIdentity = { provider: 'oidc.example', subject: 'system:pod', audience: 'sts' };
  const command = { roleArn: 'arn:aws:iam::444455556666:role/pod', roleSessionName: 'one', webIdentityToken: 'a.b.c' };
  const call = { service: 'sts', operation: 'AssumeRoleWithWebIdentity', caller: undefined, command, notes } as const;
  const [record] = recorded(call);
  expect(record!.account).toBe(otherAccount);
  expect(record!.event).toMatchObject({
    userIdentity: { type: 'WebIdentityUser', userName: 'system:pod', identityProvider: 'oidc.example' },
    requestParameters: { roleArn: command.roleArn, roleSessionName: 'one' },
  });
  expect(record!.text).not.toContain('a.b.c');
});

describe('what a record shows', () => {
  it('of ReEncrypt are both keys and both materials', () => {
    const notes = new RequestNotes();
    notes.key(aKey).materialId = 'from';
    notes.key(aKey).materialId = 'to';
    const event = eventOf({ operation: 'ReEncrypt', notes, command: { destinationKeyId: aKey.id } });
    expect(event).toMatchObject({
      additionalEventData: { sourceKeyMaterialId: 'from', destinationKeyMaterialId: 'to' },
      resources: [{ ARN: keyArn }],
    });
  });

  it('of CreateGrant is its id and never its token', () => {
    const command = { keyId: aKey.id, granteePrincipal: 'p', grantTokens: ['token-1'], operations: ['Decrypt'] };
    const answer = { grantId: 'a-grant', grantToken: 'token-2' };
    const [record] = recorded({ operation: 'CreateGrant', command, answer });
    expect(record!.event['responseElements']).toEqual({ grantId: 'a-grant', keyId: keyArn });
    expect(record!.text).not.toContain('token-');
  });

  it('of CreateAccessKey is never the secret', () => {
    const secretAccessKey = SecretBytes.copyOf(Buffer.from('very-secret'));
    const accessKey = { userName: 'bob', accessKeyId: 'AKIABOB', status: 'Active', createDate: at, secretAccessKey };
    const call = { service: 'iam', operation: 'CreateAccessKey', command: { userName: 'bob' } } as const;
    const [record] = recorded({ ...call, answer: { accessKey } });
    expect(record!.event['responseElements']).toEqual({
      accessKey: { userName: 'bob', accessKeyId: 'AKIABOB', status: 'Active', createDate: 'May 17, 2026, 10:38:27 PM' },
    });
  });

  it('are no bytes and no secrets, whatever the table says', () => {
    const command = {
      keyId: Buffer.from('secret'),
      encryptionContext: { a: SecretBytes.copyOf(Buffer.from('b')), c: 'd' },
    };
    expect(eventOf({ command })['requestParameters']).toEqual({
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      encryptionContext: { c: 'd' },
    });
  });

  it('is a name like any other even where JavaScript gives it a meaning', () => {
    const encryptionContext = JSON.parse('{"__proto__":"a","constructor":"b"}') as object;
    expect(recorded({ command: { encryptionContext } })[0]!.text).toContain('{"__proto__":"a","constructor":"b"}');
  });

  it('is bounded', () => {
    const [record] = recorded({
      command: { keyId: 'k', encryptionContext: { a: 'b'.repeat(200_000) } },
      origin: { ...aCall().origin, userAgent: 'u'.repeat(10_000) },
      error: { type: 'E', message: 'm'.repeat(10_000) },
    });
    expect(record!.event['requestParameters']).toEqual({ omitted: true });
    expect(record!.text.length).toBeLessThan(10_000);
  });
});

describe('the tables of operations', () => {
  it.each([
    ['kms', kmsOperations],
    ['iam', iamOperations],
    ['sts', stsOperations],
  ] as const)('can record every operation of %s', (service, table) => {
    for (const operation of Object.keys(table)) {
      const [record] = recorded({ service, operation, command: {}, answer: {} });
      expect(record).toMatchObject({ eventName: operation, source: `${service}.amazonaws.com` });
    }
  });

  it('refuse what they do not know: nothing goes unrecorded', () => {
    expect(() => recorded({ operation: 'Unheard' })).toThrow('does not know');
    expect(() => recorded({ operation: 'constructor' })).toThrow('does not know');
  });
});
