import type { Brand } from './brand';
import type { Randomness } from './randomness';
import { type Tenancy, partitionOf } from './account';

/**
 * A version 4 UUID, or `mrk-` and 32 hexadecimal digits for a multi-Region key. KMS takes a UUID in upper case for a key id
 * too; as names are compared letter by letter, it is one of no key.
 */
export type KeyId = Brand<string, 'KeyId'>;
export type KeyArn = Brand<string, 'KeyArn'>;
/** With its prefix: `alias/project`. */
export type AliasName = Brand<string, 'AliasName'>;
export type AliasArn = Brand<string, 'AliasArn'>;

const keyIdPattern = /^(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|mrk-[0-9a-f]{32})$/;
const aliasPattern = /^alias\/[a-zA-Z0-9/_-]{1,250}$/;

export function parseKeyId(text: string): KeyId | undefined {
  return keyIdPattern.test(text) ? (text as KeyId) : undefined;
}

export function newKeyId(randomness: Randomness, multiRegion: boolean): KeyId {
  const uuid = randomness.uuid();
  return (multiRegion ? `mrk-${uuid.replaceAll('-', '')}` : uuid) as KeyId;
}

export function isMultiRegionKeyId(keyId: KeyId): boolean {
  return keyId.startsWith('mrk-');
}

export function parseAliasName(text: string): AliasName | undefined {
  return aliasPattern.test(text) ? (text as AliasName) : undefined;
}

export function keyArn({ account, region }: Tenancy, keyId: KeyId): KeyArn {
  return `arn:${partitionOf(region)}:kms:${region}:${account}:key/${keyId}` as KeyArn;
}

export function aliasArn({ account, region }: Tenancy, name: AliasName): AliasArn {
  return `arn:${partitionOf(region)}:kms:${region}:${account}:${name}` as AliasArn;
}
