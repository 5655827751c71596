import { type KeyObject, createHmac, createSecretKey, randomBytes, randomFillSync, timingSafeEqual } from 'node:crypto';
import { fromHex, injectiveBytes, toHex } from '@keywarden/crypto';
import { type ClaimedGrant, type Grant, type GrantId, type GrantTokens, parseGrantId } from '@keywarden/grants';
import { SecretBytes, type Tenancy, parseKeyId, parseRegion } from '@keywarden/kernel';
import type { KeyName } from '@keywarden/keys';
import { BoundedCache, type CacheBounds } from './bounded-cache';
import type { DomainKeys } from './domain-keys';

export interface GrantTokensOptions {
  /** MAC keys this node issues with; by default those of 1,000 account and Region pairs, each for an hour. */
  readonly cache?: CacheBounds;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicNow?: () => number;
}

interface MacKey {
  readonly key: KeyObject;
  /** The key under the domain key of its account and Region. */
  readonly sealed: Uint8Array;
}

const formatVersion = 1;
const grantIdBytes = 32;
const nonceBytes = 16;
const tagBytes = 32;
const macKeyBytes = 32;
/** Characters; ours have about 270. */
const longestToken = 1_024;
const label = 'keywarden/grant-token/v1';
const text = new TextEncoder();

/**
 * Grant tokens that any node can check without a look-up. A token carries, in base64url:
 *
 * | version | region     | key id     | grant id | nonce    | sealed MAC key | tag      |
 * | ------- | ---------- | ---------- | -------- | -------- | -------------- | -------- |
 * | 1 byte  | length, …  | length, …  | 32 bytes | 16 bytes | length, …      | 32 bytes |
 *
 * The tag is HMAC-SHA-256 over all of it and the account of the key. Its key is drawn by the node that issues, serves for
 * an hour, and travels along under the domain key: no table holds it, and the domain key seals once an hour and account
 * instead of once a token.
 */
export class NodeGrantTokens implements GrantTokens {
  readonly #domainKeys: DomainKeys;
  readonly #issuing: BoundedCache<MacKey>;

  constructor(domainKeys: DomainKeys, options: GrantTokensOptions = {}) {
    this.#domainKeys = domainKeys;
    const now = options.monotonicNow ?? (() => performance.now());
    this.#issuing = new BoundedCache(options.cache ?? { maxEntries: 1_000, maxAgeMs: 3_600_000 }, now);
  }

  async issue({ id, key }: Pick<Grant, 'id' | 'key'>): Promise<string> {
    const { key: macKey, sealed } = await this.#issuingKey(key);
    const body = bodyOf({ region: key.region, keyId: key.id, grantId: fromHex(id), sealed });
    const tag = tagOf(macKey, key, body);
    return Buffer.concat([body, tag]).toString('base64url');
  }

  claimed(token: string): ClaimedGrant | undefined {
    return parse(token)?.claim;
  }

  async read(token: string, key: Tenancy & KeyName): Promise<GrantId | undefined> {
    const parsed = parse(token);
    if (parsed === undefined) return undefined;
    const { claim, sealed, body, tag } = parsed;
    // INVARIANT: the key exists, so no made-up account or Region ever asks for a domain key.
    if (claim.key.region !== key.region || claim.key.id !== key.id) return undefined;
    using macKey = await this.#domainKeys.open(key, bindingOf(key), sealed);
    if (macKey?.length !== macKeyBytes) return undefined;
    const expected = macKey.expose((bytes) => tagOf(createSecretKey(bytes), key, body));
    return timingSafeEqual(expected, tag) ? claim.grantId : undefined;
  }

  async #issuingKey(owner: Tenancy): Promise<MacKey> {
    const name = `${owner.account}/${owner.region}`;
    const held = this.#issuing.get(name);
    if (held !== undefined) return held;
    using secret = SecretBytes.adopt(randomFillSync(new Uint8Array(macKeyBytes)));
    const sealed = await this.#domainKeys.seal(owner, bindingOf(owner), secret);
    const made = { key: secret.expose((bytes) => createSecretKey(bytes)), sealed };
    this.#issuing.set(name, made);
    return made;
  }
}

/** What the MAC key is bound to under the domain key: it opens as nothing else, and nothing else opens as it. */
function bindingOf({ account, region }: Tenancy): Uint8Array {
  return injectiveBytes('keywarden/grant-token-key/v1', [account, region]);
}

function tagOf(key: KeyObject, { account }: Tenancy, body: Uint8Array): Uint8Array {
  return createHmac('sha256', key)
    .update(injectiveBytes(label, [account, body]))
    .digest();
}

interface TokenFacts {
  readonly region: string;
  readonly keyId: string;
  readonly grantId: Uint8Array;
  readonly sealed: Uint8Array;
}

function bodyOf({ region, keyId, grantId, sealed }: TokenFacts): Uint8Array {
  const parts = [...short(text.encode(region)), ...short(text.encode(keyId)), grantId, randomBytes(nonceBytes)];
  return Buffer.concat([Uint8Array.of(formatVersion), ...parts, ...short(sealed)]);
}

/** At most 255 bytes, behind their length. */
function short(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length > 255) throw new RangeError('a part of a grant token is too long');
  return [Uint8Array.of(bytes.length), bytes];
}

interface ParsedToken {
  readonly claim: ClaimedGrant;
  readonly sealed: Uint8Array;
  readonly body: Uint8Array;
  readonly tag: Uint8Array;
}

/** @returns undefined unless the token is exactly in the form `issue` writes */
function parse(token: string): ParsedToken | undefined {
  if (token.length > longestToken) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.toString('base64url') !== token || bytes[0] !== formatVersion) return undefined;
  let at = 1;
  const take = (length: number | undefined): Buffer | undefined => {
    if (length === undefined || at + length > bytes.length) return undefined;
    at += length;
    return bytes.subarray(at - length, at);
  };
  const takeShort = (): Buffer | undefined => take(take(1)?.[0]);
  const region = parseRegion(takeShort()?.toString('latin1') ?? '');
  const keyId = parseKeyId(takeShort()?.toString('latin1') ?? '');
  const grantId = parseGrantId(toHex(take(grantIdBytes) ?? new Uint8Array()));
  const nonce = take(nonceBytes);
  const sealed = takeShort();
  const body = bytes.subarray(0, at);
  const tag = take(tagBytes);
  if (region === undefined || keyId === undefined || grantId === undefined || nonce === undefined) return undefined;
  if (sealed === undefined || tag === undefined || at !== bytes.length) return undefined;
  return { claim: { key: { region, id: keyId }, grantId }, sealed, body, tag };
}
