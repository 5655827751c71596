import type { AttestedRecipients, CiphertextRefused, EncryptionContext } from '@keywarden/crypto';
import type { KeyStoreFailed } from '@keywarden/custom-key-stores';
import { type KeyArn, type Result, accept, refuse } from '@keywarden/kernel';
import { type EncryptionAlgorithm, type KeyMaterialId, arnOf } from '@keywarden/keys';
import { type CiphertextKeys, type DecryptRequest, decryptWith } from './ciphertext-key';
import type { EncryptionPorts } from './encrypt';
import { type Handover, type Recipient, handOver, verifyRecipient } from './recipient';
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

export type DecryptAnswer = Handover & {
  readonly keyId: KeyArn;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
  readonly keyMaterialId: KeyMaterialId | undefined;
};

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html */
export class DecryptHandler {
  constructor(
    private readonly keys: CiphertextKeys,
    private readonly ports: EncryptionPorts,
    private readonly recipients?: AttestedRecipients,
  ) {}

  async handle(
    context: RequestContext,
    command: Decrypt,
  ): Promise<
    Result<
      DecryptAnswer,
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
    const recipient = verifyRecipient(this.recipients, command.recipient, context);
    if (!recipient.ok) return recipient;
    const request: DecryptRequest<'kms:Decrypt'> = {
      operation: 'Decrypt',
      action: 'kms:Decrypt',
      keyId: command.keyId,
      ciphertextBlob: relevantCiphertext(command),
      encryptionContext: command.encryptionContext,
      encryptionAlgorithm: command.encryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
      grantTokens: command.grantTokens,
      recipient: recipient.value,
    };
    const found = await this.keys.find(context, request);
    if (!found.ok) return found;
    const needsCiphertext = request.ciphertextBlob !== undefined;
    const decrypted = needsCiphertext ? await decryptWith(this.ports, found.value, request) : undefined;
    if (decrypted?.ok === false) return decrypted;
    context.notes.material(found.value.use.key, decrypted?.value.materialId);
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) {
      decrypted?.value.plaintext[Symbol.dispose]();
      return dryRun;
    }
    if (decrypted === undefined) return refuse({ code: 'CiphertextMissing' });
    return accept({
      keyId: arnOf(found.value.use.key),
      ...(await handOver(decrypted.value.plaintext, recipient.value)),
      encryptionAlgorithm: request.encryptionAlgorithm,
      keyMaterialId: decrypted.value.materialId,
    });
  }
}

interface CiphertextParameters {
  readonly ciphertextBlob?: Uint8Array;
  readonly dryRun?: boolean;
  readonly dryRunModifiers?: readonly string[];
}

const ignoresCiphertext = ({ dryRunModifiers }: CiphertextParameters): boolean =>
  dryRunModifiers?.includes('IGNORE_CIPHERTEXT') === true;

/** The ciphertext, unless the dry run shall not look at it. */
export function relevantCiphertext(command: CiphertextParameters): Uint8Array | undefined {
  return ignoresCiphertext(command) ? undefined : command.ciphertextBlob;
}

/** The rules that Decrypt and ReEncrypt share: the ciphertext may be absent only in a dry run that ignores it. */
export function checkDecryptParameters(command: CiphertextParameters): Result<void, ParameterRefusal> {
  const ignores = ignoresCiphertext(command);
  if (ignores && command.dryRun !== true) return refuse({ code: 'DryRunModifiersWithoutDryRun' });
  if (command.ciphertextBlob === undefined && !ignores) return refuse({ code: 'CiphertextMissing' });
  return accept(undefined);
}
