import type { AttestedMeasurements, AuthorisedUse, RequestFacts } from '@keywarden/authorization';
import {
  type CiphertextBlob,
  type CiphertextRefused,
  type EncryptionContext,
  parseCiphertextBlob,
} from '@keywarden/crypto';
import type { KeyStoreFailed } from '@keywarden/custom-key-stores';
import { type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import {
  type EncryptionAlgorithm,
  type KeyMaterialId,
  type KeyName,
  type KmsKey,
  allowedInState,
} from '@keywarden/keys';
import { type EncryptionPorts, checkContext } from './encrypt';
import type { KeyDirectory } from './key-directory';
import type { KeyDoor } from './key-door';
import type { CiphertextKeyInaccessible, KeyDoorRefusal, ParameterRefusal, UsageRefusal } from './refusals';
import type { RequestContext } from './request-context';
import { checkAlgorithm, shownMaterialId } from './usage';

type DecryptAction = 'kms:Decrypt' | 'kms:ReEncryptFrom';

/** What Decrypt and the first half of ReEncrypt ask for. */
export interface DecryptRequest<A extends DecryptAction> {
  readonly operation: 'Decrypt' | 'ReEncrypt';
  readonly action: A;
  readonly keyId: string | undefined;
  /** Absent only in a dry run that ignores the ciphertext. */
  readonly ciphertextBlob: Uint8Array | undefined;
  readonly encryptionContext: EncryptionContext | undefined;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
  readonly grantTokens: readonly string[] | undefined;
  /** Of ReEncrypt: the key that shall encrypt again. */
  readonly destination?: KeyName;
  readonly recipient?: AttestedMeasurements;
}

/** A key that may decrypt a ciphertext; nothing of the ciphertext has been verified yet. */
export interface CiphertextKey<A extends DecryptAction> {
  readonly use: AuthorisedUse<A>;
  /** Undefined for RSA ciphertexts and for dry runs that ignore the ciphertext. */
  readonly blob: CiphertextBlob | undefined;
}

type Refusals = KeyDoorRefusal | UsageRefusal | ParameterRefusal | CiphertextRefused | CiphertextKeyInaccessible;

const refusedCiphertext = refuse({ code: 'CiphertextRefused' } as const);
const incorrectKey = refuse({ code: 'IncorrectKey' } as const);
const inaccessible = refuse({ code: 'CiphertextKeyInaccessible' } as const);

/** Finds the key of a ciphertext, by the name the caller gave or by the id inside the ciphertext. */
export class CiphertextKeys {
  constructor(
    private readonly door: KeyDoor,
    private readonly directory: KeyDirectory,
  ) {}

  find<A extends DecryptAction>(
    context: RequestContext,
    request: DecryptRequest<A>,
  ): Promise<Result<CiphertextKey<A>, Refusals>> {
    const { keyId } = request;
    return keyId === undefined ? this.#byCiphertext(context, request) : this.#byName(context, request, keyId);
  }

  async #byName<A extends DecryptAction>(
    context: RequestContext,
    request: DecryptRequest<A>,
    given: string,
  ): Promise<Result<CiphertextKey<A>, Refusals>> {
    const { operation, action, grantTokens, encryptionAlgorithm, ciphertextBlob } = request;
    const symmetric = encryptionAlgorithm === 'SYMMETRIC_DEFAULT';
    const blob = symmetric && ciphertextBlob !== undefined ? parseCiphertextBlob(ciphertextBlob) : undefined;
    const unreadable = symmetric && ciphertextBlob !== undefined && blob === undefined;
    const opened = await this.door.open(context, {
      given,
      operation,
      action,
      aliases: 'resolved',
      facts: (key) => factsOf(request, key),
      grantTokens,
      suits: (key): Result<void, UsageRefusal | CiphertextRefused> =>
        unreadable ? refusedCiphertext : checkKeyOf(key, encryptionAlgorithm, blob),
    });
    if (!opened.ok) return opened;
    const use = opened.value;
    if (symmetric) return accept({ use, blob });
    const algorithm = checkAlgorithm(use, encryptionAlgorithm);
    if (!algorithm.ok) return algorithm;
    const contextless = checkContext(use.key, encryptionAlgorithm, request.encryptionContext);
    return contextless.ok ? accept({ use, blob: undefined }) : contextless;
  }

  async #byCiphertext<A extends DecryptAction>(
    context: RequestContext,
    request: DecryptRequest<A>,
  ): Promise<Result<CiphertextKey<A>, Refusals>> {
    if (request.encryptionAlgorithm !== 'SYMMETRIC_DEFAULT') return refuse({ code: 'KeyIdMissing' });
    if (request.ciphertextBlob === undefined) return refuse({ code: 'KeyIdMissing' });
    const blob = parseCiphertextBlob(request.ciphertextBlob);
    if (blob === undefined) return refusedCiphertext;
    const key = await this.directory.findKey({ region: context.region, id: blob.keyId });
    if (key === undefined) return inaccessible;
    const { action, operation, grantTokens } = request;
    const use = await this.door.authorise(context, key, { action, facts: factsOf(request, key), grantTokens });
    if (!use.ok) return use.refusal.code === 'RequestQuotaSpent' ? refuse(use.refusal) : inaccessible;
    const allowed = allowedInState(operation, key, context.now);
    if (!allowed.ok) return allowed.refusal.code === 'KeyNotFound' ? inaccessible : allowed;
    return accept({ use: use.value, blob });
  }
}

/**
 * A key of another usage, or an asymmetric key for a symmetric ciphertext, is just not the key of the ciphertext: KMS says
 * so whatever the state of that key.
 *
 * @param blob what a symmetric ciphertext says of its key
 */
function checkKeyOf(
  { id, spec, usage }: KmsKey,
  algorithm: EncryptionAlgorithm,
  blob: CiphertextBlob | undefined,
): Result<void, UsageRefusal> {
  const symmetric = algorithm === 'SYMMETRIC_DEFAULT';
  const another = blob !== undefined && blob.keyId !== id;
  if (usage !== 'ENCRYPT_DECRYPT' || (symmetric && spec !== 'SYMMETRIC_DEFAULT') || another) return incorrectKey;
  return accept(undefined);
}

function factsOf(request: DecryptRequest<DecryptAction>, key: KeyName): RequestFacts {
  const { operation, encryptionAlgorithm, encryptionContext, destination, recipient } = request;
  return {
    encryptionAlgorithm,
    ...(encryptionContext !== undefined && { encryptionContext }),
    ...(recipient !== undefined && { recipientAttestation: recipient }),
    ...(operation === 'ReEncrypt' && { reEncryptOnSameKey: destination !== undefined && sameKey(key, destination) }),
  };
}

export function sameKey(one: KeyName, other: KeyName): boolean {
  return one.region === other.region && one.id === other.id;
}

export interface Decrypted {
  readonly plaintext: SecretBytes;
  /** Only symmetric encryption has it. */
  readonly materialId: KeyMaterialId | undefined;
}

/** INVARIANT: `found` came from `CiphertextKeys` for this very request. */
export async function decryptWith<A extends DecryptAction>(
  { symmetric, asymmetric }: EncryptionPorts,
  { use, blob }: CiphertextKey<A>,
  request: DecryptRequest<A>,
): Promise<Result<Decrypted, CiphertextRefused | KeyStoreFailed>> {
  const { encryptionAlgorithm: algorithm, ciphertextBlob } = request;
  if (algorithm === 'SYMMETRIC_DEFAULT') {
    if (blob === undefined) return refusedCiphertext;
    const plaintext = await symmetric.decrypt(use, blob, request.encryptionContext ?? {});
    const materialId = shownMaterialId(use.key) && blob.materialId;
    return plaintext.ok ? accept({ plaintext: plaintext.value, materialId }) : plaintext;
  }
  if (algorithm === 'SM2PKE' || ciphertextBlob === undefined) return refusedCiphertext;
  const plaintext = await asymmetric.decrypt(use, algorithm, ciphertextBlob);
  return plaintext.ok ? accept({ plaintext: plaintext.value, materialId: undefined }) : plaintext;
}
