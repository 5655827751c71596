import type { AuthorisedUse } from '@keywarden/authorization';
import {
  type AsymmetricEncryption,
  type EncryptionContext,
  type SymmetricEncryption,
  maxPlaintextBytes,
} from '@keywarden/crypto';
import type { KeyStoreFailed } from '@keywarden/custom-key-stores';
import { type KeyArn, type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type EncryptionAlgorithm, type KmsKey, arnOf } from '@keywarden/keys';
import type { KeyDoor } from './key-door';
import type { DryRunSucceeded, KeyDoorRefusal, ParameterRefusal, UsageRefusal } from './refusals';
import type { RequestContext } from './request-context';
import { checkAlgorithm, checkDryRun, ofUsage, shownMaterialId } from './usage';

export interface Encrypt {
  readonly keyId: string;
  /** 1 to 4,096 bytes */
  readonly plaintext: SecretBytes;
  readonly encryptionContext?: EncryptionContext;
  readonly encryptionAlgorithm?: EncryptionAlgorithm;
  readonly grantTokens?: readonly string[];
  readonly dryRun?: boolean;
}

export interface Encrypted {
  readonly ciphertextBlob: Uint8Array;
  readonly keyId: KeyArn;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
}

export interface EncryptionPorts {
  readonly symmetric: SymmetricEncryption;
  readonly asymmetric: AsymmetricEncryption;
}

const noContext: EncryptionContext = {};
const ofEncryption = ofUsage('ENCRYPT_DECRYPT', 'Encrypt');

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html */
export class EncryptHandler {
  constructor(
    private readonly door: KeyDoor,
    private readonly ports: EncryptionPorts,
  ) {}

  async handle(
    context: RequestContext,
    command: Encrypt,
  ): Promise<Result<Encrypted, KeyDoorRefusal | UsageRefusal | ParameterRefusal | DryRunSucceeded | KeyStoreFailed>> {
    const encryptionContext = command.encryptionContext ?? noContext;
    const algorithm = command.encryptionAlgorithm ?? 'SYMMETRIC_DEFAULT';
    const opened = await this.door.open(context, {
      given: command.keyId,
      operation: 'Encrypt',
      action: 'kms:Encrypt',
      aliases: 'resolved',
      facts: { encryptionAlgorithm: algorithm, encryptionContext },
      grantTokens: command.grantTokens,
      suits: ofEncryption,
    });
    if (!opened.ok) return opened;
    const use = checkAlgorithm(opened.value, algorithm);
    if (!use.ok) return use;
    const suitable = checkPlaintext(use.value.key, algorithm, command.plaintext, command.encryptionContext);
    if (!suitable.ok) return suitable;
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) return dryRun;
    const encrypted = await encryptUnder(this.ports, use.value, algorithm, command.plaintext, encryptionContext);
    if (!encrypted.ok) return encrypted;
    const { key } = use.value;
    if (algorithm === 'SYMMETRIC_DEFAULT') context.notes.material(key, shownMaterialId(key));
    return accept({ ciphertextBlob: encrypted.value, keyId: arnOf(key), encryptionAlgorithm: algorithm });
  }
}

/** RSA keys take no more than fits one block, and no encryption context. */
export function checkPlaintext(
  key: KmsKey,
  algorithm: EncryptionAlgorithm,
  plaintext: SecretBytes,
  context: EncryptionContext | undefined,
): Result<void, ParameterRefusal> {
  if (algorithm === 'SYMMETRIC_DEFAULT') return accept(undefined);
  const contextless = checkContext(key, algorithm, context);
  if (!contextless.ok) return contextless;
  const limit = maxPlaintextBytes(key.spec, algorithm) ?? 0;
  if (plaintext.length <= limit) return accept(undefined);
  return refuse({ code: 'PlaintextTooLong', algorithm, spec: key.spec, limit });
}

export function checkContext(
  key: KmsKey,
  algorithm: EncryptionAlgorithm,
  context: EncryptionContext | undefined,
): Result<void, ParameterRefusal> {
  const given = algorithm !== 'SYMMETRIC_DEFAULT' && context !== undefined && Object.keys(context).length > 0;
  return given ? refuse({ code: 'EncryptionContextNotValid', spec: key.spec }) : accept(undefined);
}

/** INVARIANT: the algorithm was checked against the key's spec. */
export function encryptUnder(
  { symmetric, asymmetric }: EncryptionPorts,
  use: AuthorisedUse<'kms:Encrypt' | 'kms:ReEncryptTo'>,
  algorithm: EncryptionAlgorithm,
  plaintext: SecretBytes,
  context: EncryptionContext,
): Promise<Result<Uint8Array, KeyStoreFailed>> {
  switch (algorithm) {
    case 'SYMMETRIC_DEFAULT':
      return symmetric.encrypt(use, plaintext, context);
    case 'RSAES_OAEP_SHA_1':
    case 'RSAES_OAEP_SHA_256':
      return asymmetric.encrypt(use, algorithm, plaintext).then(accept);
    case 'SM2PKE':
      throw new Error('no key of spec SM2 can exist in this release');
    default:
      throw new Error(`unknown encryption algorithm ${String(algorithm satisfies never)}`);
  }
}
