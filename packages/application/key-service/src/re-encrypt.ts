import type { CiphertextRefused, EncryptionContext } from '@keywarden/crypto';
import type { KeyStoreFailed } from '@keywarden/custom-key-stores';
import { type KeyArn, type Result, accept, refuse } from '@keywarden/kernel';
import { type EncryptionAlgorithm, type KeyMaterialId, type KeyName, arnOf } from '@keywarden/keys';
import { type CiphertextKeys, type DecryptRequest, decryptWith, sameKey } from './ciphertext-key';
import { checkDecryptParameters, relevantCiphertext } from './decrypt';
import { type EncryptionPorts, checkContext, checkPlaintext, encryptUnder } from './encrypt';
import type { KeyDoor } from './key-door';
import type {
  CiphertextKeyInaccessible,
  DryRunSucceeded,
  KeyDoorRefusal,
  ParameterRefusal,
  UsageRefusal,
} from './refusals';
import type { RequestContext } from './request-context';
import { checkAlgorithm, checkDryRun, ofUsage, shownMaterialId } from './usage';

export interface ReEncrypt {
  readonly ciphertextBlob?: Uint8Array;
  readonly sourceEncryptionContext?: EncryptionContext;
  readonly sourceKeyId?: string;
  readonly sourceEncryptionAlgorithm?: EncryptionAlgorithm;
  readonly destinationKeyId: string;
  readonly destinationEncryptionContext?: EncryptionContext;
  readonly destinationEncryptionAlgorithm?: EncryptionAlgorithm;
  readonly grantTokens?: readonly string[];
  readonly dryRun?: boolean;
  readonly dryRunModifiers?: readonly string[];
}

export interface ReEncrypted {
  readonly ciphertextBlob: Uint8Array;
  readonly sourceKeyId: KeyArn;
  readonly keyId: KeyArn;
  readonly sourceEncryptionAlgorithm: EncryptionAlgorithm;
  readonly destinationEncryptionAlgorithm: EncryptionAlgorithm;
  readonly sourceKeyMaterialId: KeyMaterialId | undefined;
  readonly destinationKeyMaterialId: KeyMaterialId | undefined;
}

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html */
export class ReEncryptHandler {
  constructor(
    private readonly door: KeyDoor,
    private readonly keys: CiphertextKeys,
    private readonly ports: EncryptionPorts,
  ) {}

  async handle(
    context: RequestContext,
    command: ReEncrypt,
  ): Promise<
    Result<
      ReEncrypted,
      | KeyDoorRefusal
      | UsageRefusal
      | ParameterRefusal
      | CiphertextRefused
      | CiphertextKeyInaccessible
      | KeyStoreFailed
      | DryRunSucceeded
    >
  > {
    const checked = checkDecryptParameters(command);
    if (!checked.ok) return checked;
    const request = sourceRequest(command, await this.door.locate(context, command.destinationKeyId));
    const source = await this.keys.find(context, request);
    if (!source.ok) return source;
    const [noted] = context.notes.keys;
    const algorithm = command.destinationEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT';
    const opened = await this.door.open(context, {
      given: command.destinationKeyId,
      operation: 'ReEncrypt',
      action: 'kms:ReEncryptTo',
      aliases: 'resolved',
      facts: (key) => ({
        encryptionAlgorithm: algorithm,
        encryptionContext: command.destinationEncryptionContext,
        reEncryptOnSameKey: sameKey(key, source.value.use.key),
      }),
      grantTokens: command.grantTokens,
      suits: ofUsage('ENCRYPT_DECRYPT', 'ReEncrypt'),
    });
    if (!opened.ok) return opened;
    const destination = checkAlgorithm(opened.value, algorithm);
    if (!destination.ok) return destination;
    const { key } = destination.value;
    const contextless = checkContext(key, algorithm, command.destinationEncryptionContext);
    if (!contextless.ok) return contextless;

    if (request.ciphertextBlob === undefined) {
      const dryRun = checkDryRun(command.dryRun);
      return dryRun.ok ? refuse({ code: 'CiphertextMissing' }) : dryRun;
    }
    const decrypted = await decryptWith(this.ports, source.value, request);
    if (!decrypted.ok) return decrypted;
    using plaintext = decrypted.value.plaintext;
    const fits = checkPlaintext(key, algorithm, plaintext, command.destinationEncryptionContext);
    if (!fits.ok) return fits;
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) return dryRun;
    const to = command.destinationEncryptionContext ?? {};
    const encrypted = await encryptUnder(this.ports, destination.value, algorithm, plaintext, to);
    if (!encrypted.ok) return encrypted;
    const destinationKeyMaterialId = algorithm === 'SYMMETRIC_DEFAULT' ? shownMaterialId(key) : undefined;
    // Source and destination may be one key: the material of the source is noted on the first of the two.
    if (noted !== undefined) noted.materialId = decrypted.value.materialId;
    context.notes.material(key, destinationKeyMaterialId);
    return accept({
      ciphertextBlob: encrypted.value,
      sourceKeyId: arnOf(source.value.use.key),
      keyId: arnOf(key),
      sourceEncryptionAlgorithm: request.encryptionAlgorithm,
      destinationEncryptionAlgorithm: algorithm,
      sourceKeyMaterialId: decrypted.value.materialId,
      destinationKeyMaterialId,
    });
  }
}

function sourceRequest(command: ReEncrypt, destination: KeyName | undefined): DecryptRequest<'kms:ReEncryptFrom'> {
  return {
    operation: 'ReEncrypt',
    action: 'kms:ReEncryptFrom',
    keyId: command.sourceKeyId,
    ciphertextBlob: relevantCiphertext(command),
    encryptionContext: command.sourceEncryptionContext,
    encryptionAlgorithm: command.sourceEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
    destination,
    grantTokens: command.grantTokens,
  };
}
