import {
  type KeyObject,
  createHash,
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
  SigningKeyRepository,
  StoredSigningKey,
} from '@keywarden/audit';
import type { SecretPlace, SecretWrapping } from '@keywarden/crypto';
import { type AccountId, type Region, SecretBytes, parseAccountId } from '@keywarden/kernel';

/** SHA-256 over UTF-8, in lower-case hexadecimal. */
export const auditDigest: Digest = (text) => hash('sha256', text, 'hex');

/** What a process needs to write to the audit trail and to sign checkpoints. */
export interface AuditKeys {
  readonly signer: CheckpointSigner;
  readonly seal: AuditHeadSeal;
}

/** Belongs to no account: what is wrapped for it is the service's own. */
const service = parseAccountId('000000000000') as AccountId;
const purpose = 'audit-signing-key';
const sealInfo = 'keywarden-audit-head-seal-v1';

/**
 * The latest signing key of the deployment; the very first caller makes it. Of several callers at once one makes it.
 *
 * @param region whose domain key wraps a key that is made
 */
export async function openAuditKeys(
  keys: SigningKeyRepository,
  secrets: SecretWrapping,
  region: Region,
): Promise<AuditKeys> {
  const stored = (await keys.list()).at(-1) ?? (await keys.insertIfAbsent(await madeKey(secrets, region)));
  using unwrapped = await secrets.unwrap(placeOf(stored), stored.wrappedPrivateKey);
  return unwrapped.expose((der) => {
    const privateKey = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
    return { signer: new Ed25519Signer(stored.id, privateKey), seal: new AuditHeadSeal(sealKey(der)) };
  });
}

async function madeKey(secrets: SecretWrapping, region: Region): Promise<StoredSigningKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32);
  using der = SecretBytes.adopt(Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })));
  const place = { id, account: service, region };
  return {
    ...place,
    number: 1,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    wrappedPrivateKey: await secrets.wrap(placeOf(place), der),
  };
}

function placeOf({ id, account, region }: Pick<StoredSigningKey, 'id' | 'account' | 'region'>): SecretPlace {
  return { account, region, purpose, name: id };
}

function sealKey(privateKey: Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', privateKey, new Uint8Array(0), sealInfo, 32)));
}

class Ed25519Signer implements CheckpointSigner {
  readonly #key: KeyObject;

  constructor(
    readonly keyId: string,
    key: KeyObject,
  ) {
    this.#key = key;
  }

  sign(statement: string): string {
    return sign(null, Buffer.from(statement), this.#key).toString('base64');
  }
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

/**
 * Checks signatures with nothing but public keys.
 *
 * @param pem one or more Ed25519 public keys
 * @throws Error when the text holds no key, or another one
 */
export function checkpointVerifier(pem: string): CheckpointVerifier {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g) ?? [];
  const keys = blocks.map(readPublicKey);
  if (keys.length === 0) throw new Error('there is no public key');
  if (keys.some(({ asymmetricKeyType }) => asymmetricKeyType !== 'ed25519')) throw new Error('a key is not of Ed25519');
  return (statement, signature) => {
    const signed = Buffer.from(statement);
    const given = Buffer.from(signature, 'base64');
    return keys.some((key) => verify(null, signed, key, given));
  };
}

function readPublicKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new Error('a public key cannot be read', { cause });
  }
}
