import { type KeyObject, constants, createPublicKey, sign, verify } from 'node:crypto';
import type { AuthorisedUse } from '@keywarden/authorization';
import {
  type DigestLengthWrong,
  type HashName,
  type SignedInput,
  type Signing,
  messageTypesOf,
  modulusBytesOf,
  signingAlgorithms,
} from '@keywarden/crypto';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { KeySpec } from '@keywarden/keys';
import { type Curve, type EcSpec, curveOf } from './curves';
import { digestSigningTask, signDigest, signZeroDigest, verifyDigest } from './ecdsa-digest';
import { encodePkcs1, encodePss } from './emsa';
import type { KeyAccess } from './key-access';
import { isMlDsaSpec } from './ml-dsa-specs';
import { verifyRsaDigest } from './rsa-digest';
import type { SlowWork } from './slow-work';

interface Job {
  readonly spec: KeySpec;
  readonly input: SignedInput;
  /** The message, lent until the operation ends. */
  readonly message: Uint8Array;
}

/**
 * RSA, ECDSA, Ed25519 and ML-DSA. Private operations of more than some ten microseconds run on the thread pool or in a
 * worker.
 */
export class NodeSigning implements Signing {
  readonly #keys: KeyAccess;
  readonly #slow: SlowWork;

  constructor(keys: KeyAccess, slow: SlowWork) {
    this.#keys = keys;
    this.#slow = slow;
  }

  async sign(use: AuthorisedUse<'kms:Sign'>, input: SignedInput): Promise<Result<Uint8Array, DigestLengthWrong>> {
    const { spec } = use.key;
    if (isWrongLength(spec, input)) return refuse({ code: 'DigestLengthWrong', algorithm: input.algorithm });
    const key = await this.#keys.secret(use.key);
    return accept(await withMessage(input, (message) => this.#sign(key, { spec, input, message })));
  }

  async verify(
    use: AuthorisedUse<'kms:Verify'>,
    input: SignedInput,
    signature: Uint8Array,
  ): Promise<Result<boolean, DigestLengthWrong>> {
    const { spec } = use.key;
    if (isWrongLength(spec, input)) return refuse({ code: 'DigestLengthWrong', algorithm: input.algorithm });
    const key = await this.#keys.public(use.key);
    return accept(await withMessage(input, (message) => this.#verify(key, { spec, input, message }, signature)));
  }

  async #sign(key: KeyObject, job: Job): Promise<Uint8Array> {
    const { spec, input, message } = job;
    const entry = signingAlgorithms[input.algorithm];
    const curve = curveOf(spec);
    if (input.messageType === 'RAW') {
      const isQuick = spec === 'ECC_NIST_P256' || spec === 'ECC_NIST_EDWARDS25519';
      const how = { key, ...paddingOf(job) };
      if (isQuick) return Uint8Array.from(sign(entry.hash, message, how));
      return this.#slow.threadPool.run(() => signAsync(entry.hash, message, how));
    }
    if (entry.scheme === 'ed25519ph') return this.#slow.workers.run('signEd25519ph', { key, message });
    if (isMlDsaSpec(spec)) return this.#slow.workers.run('signMu', { spec, key, message });
    if (curve !== undefined) return this.#signDigest(key, spec, curve, message);
    return this.#slow.workers.run('rsaPrivateOperation', { key, encoded: encoded(job, entry.hash) });
  }

  async #signDigest(key: KeyObject, spec: KeySpec, curve: Curve, digest: Uint8Array): Promise<Uint8Array> {
    if (spec === 'ECC_NIST_P256') return signDigest(curve, key, digest);
    const task = digestSigningTask(curve, key, digest);
    if (task === undefined) return signZeroDigest(curve, createPublicKey(key));
    const how = { key: task.key, dsaEncoding: 'ieee-p1363' } as const;
    return task.finish(await this.#slow.threadPool.run(() => signAsync(curve.hash, task.message, how)));
  }

  async #verify(key: KeyObject, job: Job, signature: Uint8Array): Promise<boolean> {
    const { spec, input, message } = job;
    const entry = signingAlgorithms[input.algorithm];
    const curve = curveOf(spec);
    if (input.messageType === 'RAW') {
      const how = { key, ...paddingOf(job) };
      const isSlow = isMlDsaSpec(spec) || (curve !== undefined && spec !== 'ECC_NIST_P256');
      if (!isSlow) return verify(entry.hash, message, how, signature);
      return this.#slow.threadPool.run(() => verifyAsync(entry.hash, message, how, signature));
    }
    if (entry.scheme === 'ed25519ph') {
      const publicKey = Uint8Array.from(key.export({ format: 'raw-public' }));
      return this.#slow.workers.run('verifyEd25519ph', { publicKey, message, signature });
    }
    if (isMlDsaSpec(spec)) return this.#slow.workers.run('verifyMu', { spec, key, message, signature });
    if (spec === 'ECC_NIST_P256' && curve !== undefined) return verifyDigest(curve, key, message, signature);
    if (curve !== undefined) {
      return this.#slow.workers.run('verifyEcdsaDigest', { spec: spec as EcSpec, key, message, signature });
    }
    if (entry.hash === undefined) throw new Error(`${input.algorithm} signs no digests`);
    return verifyRsaDigest(key, entry.scheme, entry.hash, message, signature);
  }
}

function isWrongLength(spec: KeySpec, { algorithm, messageType, message }: SignedInput): boolean {
  if (!messageTypesOf(spec, algorithm).includes(messageType)) {
    throw new Error(`${spec} does not sign ${messageType} with ${algorithm}`);
  }
  return messageType !== 'RAW' && message.length !== signingAlgorithms[algorithm].digestBytes;
}

/** Copies the message, because an operation outlives the lending, and wipes the copy. */
async function withMessage<T>(input: SignedInput, work: (message: Uint8Array) => Promise<T>): Promise<T> {
  const message = input.message.expose((bytes) => Uint8Array.from(bytes));
  try {
    return await work(message);
  } finally {
    message.fill(0);
  }
}

function paddingOf({ input }: Job): { padding?: number; saltLength?: number } {
  const { scheme, digestBytes } = signingAlgorithms[input.algorithm];
  if (scheme === 'pss' && digestBytes !== undefined) {
    return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: digestBytes };
  }
  return scheme === 'pkcs1' ? { padding: constants.RSA_PKCS1_PADDING } : {};
}

function encoded({ spec, input, message }: Job, hash: HashName | undefined): Uint8Array {
  const length = modulusBytesOf(spec);
  if (length === undefined || hash === undefined) throw new Error(`${spec} is no RSA spec`);
  const isPss = signingAlgorithms[input.algorithm].scheme === 'pss';
  return isPss ? encodePss(hash, message, length) : encodePkcs1(hash, message, length);
}

type SignKey = Parameters<typeof sign>[2];
type VerifyKey = Parameters<typeof verify>[2];

function signAsync(hash: HashName | undefined, message: Uint8Array, key: SignKey): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    sign(hash, message, key, (error, signature) => {
      if (error) reject(error);
      else resolve(Uint8Array.from(signature));
    });
  });
}

function verifyAsync(
  hash: HashName | undefined,
  message: Uint8Array,
  key: VerifyKey,
  signature: Uint8Array,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(hash, message, key, signature, (error, valid) => {
      if (error) reject(error);
      else resolve(valid);
    });
  });
}
