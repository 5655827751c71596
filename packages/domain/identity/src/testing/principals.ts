import { type AccountId, type Region, instant, parseAccountId, parseRegion } from '@keywarden/kernel';
import type { AccessKey } from '../access-key';
import type { Group, ManagedPolicy, Role, User } from '../principal';

export const anAccount = parseAccountId('111122223333') as AccountId;
export const anotherAccount = parseAccountId('444455556666') as AccountId;

/** A unique id that is the same for the same number; 0 to 9,999. */
export function numberedId(prefix: 'AIDA' | 'AGPA' | 'AROA' | 'ANPA', number: number): string {
  const digits = [...String(number).padStart(4, '0')].map((digit) => 'ABCDEFGHIJ'.charAt(Number(digit)));
  return `${prefix}${'A'.repeat(13)}${digits.join('')}`;
}

const named = { account: anAccount, path: '/', createdAt: instant(Date.UTC(2026, 0, 1)) };
const permitted = { inlinePolicies: [], attachedPolicies: [] };

export function aUser(changes: Partial<User> = {}): User {
  return {
    ...named,
    ...permitted,
    kind: 'user',
    id: numberedId('AIDA', 1),
    name: 'adele',
    tags: [],
    groups: [],
    ...changes,
  };
}

export function aGroup(changes: Partial<Group> = {}): Group {
  return { ...named, ...permitted, kind: 'group', id: numberedId('AGPA', 1), name: 'payroll', ...changes };
}

export function aRole(changes: Partial<Role> = {}): Role {
  const assumeRolePolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: anAccount }, Action: 'sts:AssumeRole' },
  });
  const role = { maxSessionSeconds: 3_600, assumeRolePolicy, trusted: [], tags: [] };
  return { ...named, ...permitted, ...role, kind: 'role', id: numberedId('AROA', 1), name: 'signer', ...changes };
}

export function aManagedPolicy(changes: Partial<ManagedPolicy> = {}): ManagedPolicy {
  const document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}';
  return {
    ...named,
    kind: 'policy',
    id: numberedId('ANPA', 1),
    name: 'use-keys',
    tags: [],
    versions: [{ number: 1, document, createdAt: named.createdAt }],
    defaultVersion: 1,
    lastVersion: 1,
    updatedAt: named.createdAt,
    ...changes,
  };
}

export function anAccessKey(changes: Partial<AccessKey> = {}): AccessKey {
  return {
    id: 'AKIAIOSFODNN7EXAMPLE',
    account: anAccount,
    status: 'Active',
    wrappedSecret: Uint8Array.of(0, 1, 254, 255),
    wrappedIn: parseRegion('eu-central-1') as Region,
    createdAt: named.createdAt,
    ...changes,
  };
}
