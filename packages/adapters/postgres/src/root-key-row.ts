import type { ProviderRecord, RootKeyProviderKind, RootKeyRecord, RootKeyWrapping } from '@keywarden/crypto';
import { instant } from '@keywarden/kernel';
import { corrupt } from './corrupt-row';

export interface RootKeyRow {
  readonly id: string;
  readonly status: string;
  readonly created_at: number;
}

export interface ProviderRow {
  readonly id: string;
  readonly kind: string;
  readonly parameters: unknown;
  readonly created_at: number;
}

export interface WrappingRow {
  readonly root_key_id: string;
  readonly provider_id: string;
  readonly wrapped: Buffer;
  readonly vouched: Buffer;
}

const kinds: Readonly<Record<RootKeyProviderKind, true>> = {
  file: true,
  passphrase: true,
  shares: true,
  pkcs11: true,
  'aws-kms': true,
};

export function rootKeyOf({ id, status, created_at }: RootKeyRow): RootKeyRecord {
  if (status !== 'CURRENT' && status !== 'RETIRING') return corrupt('status');
  return { id, status, createdAt: instant(created_at) };
}

export function providerOf({ id, kind, parameters, created_at }: ProviderRow): ProviderRecord {
  if (!isKind(kind)) return corrupt('kind');
  if (!areParameters(parameters)) return corrupt('parameters');
  return { id, kind, parameters, createdAt: instant(created_at) };
}

export function wrappingOf({ root_key_id, provider_id, wrapped, vouched }: WrappingRow): RootKeyWrapping {
  return {
    rootKeyId: root_key_id,
    providerId: provider_id,
    wrapped: Uint8Array.from(wrapped),
    vouched: Uint8Array.from(vouched),
  };
}

function isKind(kind: string): kind is RootKeyProviderKind {
  return Object.hasOwn(kinds, kind);
}

function areParameters(value: unknown): value is ProviderRecord['parameters'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((each) => typeof each === 'string' || typeof each === 'number');
}
