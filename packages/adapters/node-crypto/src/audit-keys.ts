import {
  type KeyObject,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  hash,
  hkdfSync,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import type {
  CheckpointSigner,
  CheckpointVerifier,
  Digest,
  KeySuccession,
  SigningKeyRepository,
  StoredSigningKey,
} from '@keywarden/audit';
import type { SecretPlace, SecretWrapping } from '@keywarden/crypto';
import { type AccountId, type Clock, type Instant, type Region, SecretBytes, parseAccountId } from '@keywarden/kernel';
import { isSuccession, signingKeyId, successionOf } from './checkpoint-trust';

/** SHA-256 over UTF-8, in lower-case hexadecimal. */
export const auditDigest: Digest = (text) => hash('sha256', text, 'hex');

/** What a process needs to write to the audit trail and to sign checkpoints. Follows when the signing key is rotated. */
export interface AuditKeys {
  readonly signer: CheckpointSigner;
  readonly seal: HeadSeals;
  /** Trusts the keys of this deployment and no others. */
  readonly verify: CheckpointVerifier;
  /** Reads the keys anew. @throws Error when they are not what this deployment has made; the former ones stay in use */
  refresh(): Promise<void>;
}

interface HeadSeals {
  seal(statement: string): string;
  holds(statement: string, seal: string): boolean;
}

/** Belongs to no account: what is wrapped for it is the service's own. */
const service = parseAccountId('000000000000') as AccountId;
const purpose = 'audit-signing-key';
const sealInfo = 'keywarden-audit-head-seal-v1';
/** How long after its rotation a key still seals heads: nodes change over within seconds. */
const formerSealsMs = 3_600_000;

/**
 * The latest signing key of the deployment; the very first caller makes it. Of several callers at once one makes it.
 *
 * @param region whose domain key wraps a key that is made
 */
export async function openAuditKeys(
  keys: SigningKeyRepository,
  secrets: SecretWrapping,
  region: Region,
  clock: Clock,
): Promise<AuditKeys> {
  let stored = await keys.list();
  if (stored.length === 0) stored = [await keys.insertIfAbsent(await madeKey(secrets, region))];
  let ring = await opened(stored, secrets);
  const current = (): OpenedKey => ring[ring.length - 1] as OpenedKey;
  return {
    signer: {
      get keyId() {
        return current().id;
      },
      sign: (statement) => signature(current().privateKey, statement),
      mayFollow: (keyId) => ring.some(({ id }) => id === keyId),
    },
    seal: {
      seal: (statement) => current().seal.seal(statement),
      holds: (statement, given) => {
        const former = ring[ring.length - 2];
        const since = clock.now() - (current().succession?.at ?? 0);
        const stillSeals = former !== undefined && since < formerSealsMs;
        return current().seal.holds(statement, given) || (stillSeals && former.seal.holds(statement, given));
      },
    },
    verify: (statement, given, keyId) => {
      const order = ring.findIndex(({ id }) => id === keyId);
      const key = ring[order];
      const genuine =
        key !== undefined && verify(null, Buffer.from(statement), key.publicKey, Buffer.from(given, 'base64'));
      return genuine ? { order, trusted: true } : undefined;
    },
    refresh: async () => {
      ring = await opened(await keys.list(), secrets);
    },
  };
}

/**
 * Makes the next signing key: the latest one signs for it, and it for the latest one. Whoever makes the next checkpoint
 * uses it.
 *
 * @returns the new key; undefined when somebody else has made one meanwhile
 */
export async function rotateSigningKey(
  keys: SigningKeyRepository,
  secrets: SecretWrapping,
  region: Region,
  clock: Clock,
): Promise<StoredSigningKey | undefined> {
  const ring = await opened(await keys.list(), secrets);
  const former = ring[ring.length - 1] as OpenedKey;
  const made = await madeKey(secrets, region, { former, number: ring.length + 1, at: clock.now() });
  const stored = await keys.insertIfAbsent(made);
  return stored.id === made.id ? stored : undefined;
}

interface OpenedKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly seal: AuditHeadSeal;
  readonly succession: KeySuccession | undefined;
}

/** All keys, each vouched for by itself and the one before: nobody without the root key can put one in. */
async function opened(stored: readonly StoredSigningKey[], secrets: SecretWrapping): Promise<readonly OpenedKey[]> {
  const ring: OpenedKey[] = [];
  for (const key of stored) {
    using unwrapped = await secrets.unwrap(placeOf(key), key.wrappedPrivateKey);
    const one = unwrapped.expose((der) => openedKey(key, der));
    const former = ring[ring.length - 1];
    const follows = former === undefined ? key.succession === undefined : succeeds(former, one);
    if (!follows) throw new Error(`audit signing key ${key.number} is not the successor of the one before it`);
    ring.push(one);
  }
  if (ring.length === 0) throw new Error('the audit signing keys are gone');
  return ring;
}

function openedKey({ id, succession }: StoredSigningKey, der: Uint8Array): OpenedKey {
  const privateKey = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  return { id, privateKey, publicKey: createPublicKey(privateKey), seal: new AuditHeadSeal(sealKey(der)), succession };
}

function succeeds(former: OpenedKey, latter: OpenedKey): boolean {
  const { succession } = latter;
  return succession !== undefined && isSuccession(former.publicKey, latter.publicKey, succession, 'both');
}

async function madeKey(
  secrets: SecretWrapping,
  region: Region,
  after?: { readonly former: OpenedKey; readonly number: number; readonly at: Instant },
): Promise<StoredSigningKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const id = signingKeyId(publicKey);
  using der = SecretBytes.adopt(Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })));
  const place = { id, account: service, region };
  return {
    ...place,
    number: after?.number ?? 1,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    wrappedPrivateKey: await secrets.wrap(placeOf(place), der),
    ...(after && { succession: madeSuccession(after.former.privateKey, privateKey, after.at) }),
  };
}

function madeSuccession(former: KeyObject, latter: KeyObject, at: Instant): KeySuccession {
  const statement = successionOf(createPublicKey(former), createPublicKey(latter), at);
  return { at, byFormer: signature(former, statement), byLatter: signature(latter, statement) };
}

function signature(key: KeyObject, statement: string): string {
  return sign(null, Buffer.from(statement), key).toString('base64');
}

function placeOf({ id, account, region }: Pick<StoredSigningKey, 'id' | 'account' | 'region'>): SecretPlace {
  return { account, region, purpose, name: id };
}

function sealKey(privateKey: Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', privateKey, new Uint8Array(0), sealInfo, 32)));
}

/** HMAC-SHA-256 under a key that only nodes of this deployment can come to. */
export class AuditHeadSeal {
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  seal(statement: string): string {
    return createHmac('sha256', this.#key).update(statement).digest('hex');
  }

  holds(statement: string, seal: string): boolean {
    const right = Buffer.from(this.seal(statement));
    const given = Buffer.from(seal);
    return given.length === right.length && timingSafeEqual(given, right);
  }
}
