import type { CiphertextRefused, EncryptionContext } from '@keywarden/crypto';
import { type KeyArn, type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type EncryptionAlgorithm, type KeyMaterialId, arnOf } from '@keywarden/keys';
import { type CiphertextKeys, type DecryptRequest, decryptWith } from './ciphertext-key';
import type { EncryptionPorts } from './encrypt';
import { type Recipient, refuseRecipient } from './recipient';
import type {
  CiphertextKeyInaccessible,
  DryRunSucceeded,
  KeyDoorRefusal,
  ParameterRefusal,
  UsageRefusal,
} from './refusals';
import type { RequestContext } from './request-context';
import { checkDryRun } from './usage';

export interface Decrypt {
  readonly ciphertextBlob?: Uint8Array;
  readonly encryptionContext?: EncryptionContext;
  readonly grantTokens?: readonly string[];
  readonly keyId?: string;
  readonly encryptionAlgorithm?: EncryptionAlgorithm;
  readonly recipient?: Recipient;
  readonly dryRun?: boolean;
  readonly dryRunModifiers?: readonly string[];
}

export interface DecryptAnswer {
  readonly keyId: KeyArn;
  readonly plaintext: SecretBytes;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
  readonly keyMaterialId: KeyMaterialId | undefined;
}

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html */
export class DecryptHandler {
  constructor(
    private readonly keys: CiphertextKeys,
    private readonly ports: EncryptionPorts,
  ) {}

  async handle(
    context: RequestContext,
    command: Decrypt,
  ): Promise<
    Result<
      DecryptAnswer,
      KeyDoorRefusal | UsageRefusal | ParameterRefusal | CiphertextRefused | CiphertextKeyInaccessible | DryRunSucceeded
    >
  > {
    const checked = checkDecryptParameters(command);
    if (!checked.ok) return checked;
    const request: DecryptRequest<'kms:Decrypt'> = {
      operation: 'Decrypt',
      action: 'kms:Decrypt',
      keyId: command.keyId,
      ciphertextBlob: command.ciphertextBlob,
      encryptionContext: command.encryptionContext,
      encryptionAlgorithm: command.encryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
      grantTokens: command.grantTokens,
    };
    const found = await this.keys.find(context, request);
    if (!found.ok) return found;
    const needsCiphertext = command.ciphertextBlob !== undefined;
    const decrypted = needsCiphertext ? await decryptWith(this.ports, found.value, request) : undefined;
    if (decrypted?.ok === false) return decrypted;
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) {
      decrypted?.value.plaintext[Symbol.dispose]();
      return dryRun;
    }
    if (decrypted === undefined) return refuse({ code: 'CiphertextMissing' });
    return accept({
      keyId: arnOf(found.value.use.key),
      plaintext: decrypted.value.plaintext,
      encryptionAlgorithm: request.encryptionAlgorithm,
      keyMaterialId: decrypted.value.materialId,
    });
  }
}

/** The rules that Decrypt and ReEncrypt share: the ciphertext may be absent only in a dry run that ignores it. */
export function checkDecryptParameters(command: {
  readonly ciphertextBlob?: Uint8Array;
  readonly dryRun?: boolean;
  readonly dryRunModifiers?: readonly string[];
  readonly recipient?: Recipient;
}): Result<void, ParameterRefusal> {
  const ignores = command.dryRunModifiers?.includes('IGNORE_CIPHERTEXT') === true;
  if (ignores && command.dryRun !== true) return refuse({ code: 'DryRunModifiersWithoutDryRun' });
  if (command.ciphertextBlob === undefined && !ignores) return refuse({ code: 'CiphertextMissing' });
  return refuseRecipient(command.recipient);
}
