import { type KeyObject, createHash, createPublicKey, verify } from 'node:crypto';
import {
  type CheckpointVerifier,
  type KeySuccession,
  type KnownSigner,
  type TrailKey,
  successionStatement,
} from '@keywarden/audit';
import type { Instant } from '@keywarden/kernel';

/** Names a public key, and no other. */
export function signingKeyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 32);
}

export function successionOf(former: KeyObject, latter: KeyObject, at: Instant): string {
  const [one, other] = [former, latter].map((key) => key.export({ type: 'spki', format: 'der' }).toString('base64'));
  return successionStatement(one ?? '', other ?? '', at);
}

/** @param by whose signature counts */
export function isSuccession(
  former: KeyObject,
  latter: KeyObject,
  { at, byFormer, byLatter }: KeySuccession,
  by: 'former' | 'latter' | 'both',
): boolean {
  const statement = Buffer.from(successionOf(former, latter, at));
  const holds = (key: KeyObject, signature: string) => verify(null, statement, key, Buffer.from(signature, 'base64'));
  return (by === 'latter' || holds(former, byFormer)) && (by === 'former' || holds(latter, byLatter));
}

/**
 * Whom to believe with nothing but public keys. A trusted key vouches for those that came after it, one after the other,
 * and for those before it as far as it signed what follows on theirs.
 *
 * @param pem one or more trusted Ed25519 public keys, those that came first before the others
 * @returns takes the keys of a trail, none of which is believed by itself
 * @throws Error when the text holds no key, or another one
 */
export function checkpointTrust(pem: string): (keys: readonly TrailKey[]) => CheckpointVerifier {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g) ?? [];
  const pinned = blocks.map(readPublicKey).map((key) => ({ id: signingKeyId(key), key }));
  if (pinned.length === 0) throw new Error('there is no public key');
  if (pinned.some(({ key }) => key.asymmetricKeyType !== 'ed25519')) throw new Error('a key is not of Ed25519');
  return (keys) => {
    const signers = new Map(inOrder(pinned, keys).map(({ id, ...signer }) => [id, signer]));
    return (statement, signature, keyId) => {
      const signer = signers.get(keyId);
      if (signer === undefined) return undefined;
      const { key, order, trusted } = signer;
      return verify(null, Buffer.from(statement), key, Buffer.from(signature, 'base64'))
        ? { order, trusted }
        : undefined;
    };
  };
}

interface Pinned {
  readonly id: string;
  readonly key: KeyObject;
}

interface Signer extends KnownSigner, Pinned {}

function inOrder(pinned: readonly Pinned[], keys: readonly TrailKey[]): readonly Signer[] {
  const told = keys.flatMap((one) => {
    const key = ed25519Key(one.publicKey);
    return key === undefined ? [] : [{ id: signingKeyId(key), key, succession: one.succession }];
  });
  const places = pinned.map(({ id }) => told.findIndex((one) => one.id === id)).filter((place) => place >= 0);
  // What is told goes against the order that is known: none of it counts.
  if (places.some((place, index) => place < (places[index - 1] ?? 0))) return pinned.map(trustedAt);
  const isPinned = ({ id }: Pinned): boolean => pinned.some((one) => one.id === id);
  const trusted = told.map(isPinned);
  for (let at = 1; at < told.length; at += 1) if (trusted[at - 1] && links(told, at, 'former')) trusted[at] = true;
  const known = [...trusted];
  for (let at = told.length - 1; at > 0; at -= 1) if (known[at] && links(told, at, 'latter')) known[at - 1] = true;
  const signers = told.map(({ id, key }, order) => ({ id, key, order, trusted: trusted[order] === true }));
  const others = pinned.filter(({ id }) => !told.some((one) => one.id === id));
  return [
    ...signers.filter((_signer, order) => known[order]),
    ...others.map((one, index) => trustedAt(one, told.length + index)),
  ];
}

const trustedAt = ({ id, key }: Pinned, order: number): Signer => ({ id, key, order, trusted: true });

/** Whether the key at that place came after the one before it, as that one or it itself says. */
function links(
  told: readonly (Pinned & { readonly succession: KeySuccession | undefined })[],
  at: number,
  by: 'former' | 'latter',
): boolean {
  const [former, latter] = [told[at - 1], told[at]];
  if (former === undefined || latter?.succession === undefined) return false;
  return isSuccession(former.key, latter.key, latter.succession, by);
}

function ed25519Key(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

function readPublicKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new Error('a public key cannot be read', { cause });
  }
}
