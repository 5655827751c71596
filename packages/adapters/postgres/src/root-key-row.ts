import type {
  ProviderRecord,
  RegisterEntry,
  RootKeyProviderKind,
  RootKeyRecord,
  RootKeyWrapping,
} from '@keywarden/crypto';
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

/** The bytes in hexadecimal, as they come out of JSON. */
export interface RegisterRow {
  readonly version: number;
  readonly previous: string;
  readonly root_key_id: string;
  readonly verification_key: string;
  readonly members: string;
  readonly signature: string;
  readonly endorsement: string;
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

export function registerEntryOf(row: RegisterRow): RegisterEntry {
  const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
  return {
    version: row.version,
    previous: bytes(row.previous),
    rootKeyId: row.root_key_id,
    verificationKey: bytes(row.verification_key),
    members: bytes(row.members),
    signature: bytes(row.signature),
    endorsement: bytes(row.endorsement),
  };
}

function isKind(kind: string): kind is RootKeyProviderKind {
  return Object.hasOwn(kinds, kind);
}

function areParameters(value: unknown): value is ProviderRecord['parameters'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((each) => typeof each === 'string' || typeof each === 'number');
}
