import { type Caller, rootCaller } from '@keywarden/identity';
import { type AccountId, type KeyId, type Region, parseAccountId, parseKeyId, parseRegion } from '@keywarden/kernel';
import type { AuditedCall } from '../audit-trail';
import { RequestNotes } from '../request-notes';

export const ownAccount = parseAccountId('111122223333') as AccountId;
export const otherAccount = parseAccountId('444455556666') as AccountId;
export const frankfurt = parseRegion('eu-central-1') as Region;
export const ireland = parseRegion('eu-west-1') as Region;
export const aKey = {
  account: ownAccount,
  region: frankfurt,
  id: parseKeyId('1234abcd-12ab-34cd-56ef-1234567890ab') as KeyId,
};
export const aMaterial = 'a'.repeat(64);

export const alice: Caller = {
  account: ownAccount,
  arn: 'arn:aws:iam::111122223333:user/team/alice',
  type: 'IAMUser',
  principalId: 'AIDAALICEALICEALICEA',
  accessKeyId: 'AKIAALICEALICEALICEA',
  userName: 'alice',
};

export const root = rootCaller(ownAccount, 'AKIAIOSFODNN7EXAMPLE');

/** An Encrypt of alice's that went well; everything about it can be told otherwise. */
export function aCall(changes: Partial<AuditedCall> = {}): AuditedCall {
  const notes = new RequestNotes();
  notes.key(aKey).materialId = aMaterial;
  return {
    service: 'kms',
    operation: 'Encrypt',
    requestId: '0b7b5f0c-0000-4000-8000-000000000000',
    region: frankfurt,
    caller: alice,
    authenticated: true,
    origin: { sourceIp: '192.0.2.1', userAgent: 'test', host: 'kms.example.com', tls: undefined },
    command: { keyId: aKey.id, encryptionContext: { purpose: 'test' } },
    answer: {},
    error: undefined,
    notes,
    ...changes,
  };
}
