import {
  type AccountId,
  type KeyId,
  type Region,
  type Tenancy,
  parseAccountId,
  parseKeyId,
  parseRegion,
} from '@keywarden/kernel';
import type { KeyMaterial, KeyMaterialId, WrappedMaterial } from '../key-material';
import type { KmsKey } from '../kms-key';
import type { AliasRepository, Change, ChangeFeed, KeyRepository } from '../repositories';
import { aKmsKey } from './a-kms-key';

/** What a contract suite needs of an adapter: its repositories on an empty store, for one test. */
export interface KeyStoreHarness {
  readonly keys: KeyRepository;
  readonly aliases: AliasRepository;
  readonly feed: ChangeFeed;
}

export type MakeKeyStoreHarness = () => Promise<KeyStoreHarness>;

export const frankfurt = parseRegion('eu-central-1') as Region;
export const ireland = parseRegion('eu-west-1') as Region;
export const virginia = parseRegion('us-east-1') as Region;
export const home: Tenancy = { account: parseAccountId('111122223333') as AccountId, region: frankfurt };
export const elsewhere: Tenancy = { account: parseAccountId('444455556666') as AccountId, region: frankfurt };

/** A quota no test reaches by accident. */
export const plenty = 100_000;

/** A UUID whose text ends in `index`, so that ids sort as their indexes do. */
export function numberedKeyId(index: number): KeyId {
  return parseKeyId(`0a0b0c0d-0000-4000-8000-${index.toString(16).padStart(12, '0')}`) as KeyId;
}

export function numberedMultiRegionKeyId(index: number): KeyId {
  return parseKeyId(`mrk-${index.toString(16).padStart(32, '0')}`) as KeyId;
}

export function aMaterialId(index: number): KeyMaterialId {
  return index.toString(16).padStart(64, '0') as KeyMaterialId;
}

export function aKeyMaterial(index: number, changes: Partial<KeyMaterial> = {}): KeyMaterial {
  const { createdAt } = aKmsKey();
  const wrapped = Uint8Array.of(0, 255, index) as WrappedMaterial;
  return { id: aMaterialId(index), state: 'CURRENT', wrapped, createdAt, ...changes };
}

/** The copies of a multi-Region key: the primary first, its Region and those of its replicas as given. */
export function aKeyFamily(id: KeyId, primaryRegion: Region, ...replicaRegions: readonly Region[]): readonly KmsKey[] {
  const multiRegion = { primaryRegion, replicaRegions: [...replicaRegions].sort() };
  return [primaryRegion, ...replicaRegions].map((region) => aKmsKey({ id, region, multiRegion }));
}

/** What the feed told, oldest first. */
export function recordChanges(feed: ChangeFeed): Change[] {
  const changes: Change[] = [];
  feed.subscribe(
    (change) => changes.push(change),
    () => undefined,
  );
  return changes;
}

/** Waits until the condition holds. @throws Error when it still does not after `boundMs` */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  boundMs = 5_000,
): Promise<void> {
  for (const until = performance.now() + boundMs; performance.now() < until;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`not within ${boundMs} ms: ${what}`);
}

/** @throws Error when the result is a refusal */
export function accepted<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; refusal: unknown },
): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`);
  return result.value;
}
