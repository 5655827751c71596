import type {
  AttestedRecipient,
  AttestedRecipients,
  EncryptionContext,
  SecretSource,
  SymmetricEncryption,
} from '@keywarden/crypto';
import type { KeyStoreFailed } from '@keywarden/custom-key-stores';
import { type KeyArn, type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type KeyMaterialId, arnOf } from '@keywarden/keys';
import type { KeyDoor } from './key-door';
import { type Handover, type Recipient, attestationFacts, handOver, verifyRecipient } from './recipient';
import type { DryRunSucceeded, KeyDoorRefusal, ParameterRefusal, UsageRefusal } from './refusals';
import type { RequestContext } from './request-context';
import { checkDataKeySpec, checkDryRun, ofUsage, shownMaterialId } from './usage';

export interface GenerateDataKeyWithoutPlaintext {
  readonly keyId: string;
  readonly encryptionContext?: EncryptionContext;
  readonly keySpec?: 'AES_128' | 'AES_256';
  /** 1 to 1,024 */
  readonly numberOfBytes?: number;
  readonly grantTokens?: readonly string[];
  readonly dryRun?: boolean;
}

export interface GenerateDataKey extends GenerateDataKeyWithoutPlaintext {
  readonly recipient?: Recipient;
}

export interface DataKeyWithoutPlaintext {
  readonly ciphertextBlob: Uint8Array;
  readonly keyId: KeyArn;
  readonly keyMaterialId: KeyMaterialId | undefined;
}

export type DataKey = DataKeyWithoutPlaintext & Handover;

interface GeneratedDataKey extends DataKeyWithoutPlaintext {
  readonly plaintext: SecretBytes;
}

export type DataKeyRefusal = KeyDoorRefusal | UsageRefusal | ParameterRefusal | DryRunSucceeded | KeyStoreFailed;

const specLengths = { AES_128: 16, AES_256: 32 } as const;

/**
 * GenerateDataKey and GenerateDataKeyWithoutPlaintext.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html
 */
export class DataKeyHandlers {
  constructor(
    private readonly door: KeyDoor,
    private readonly encryption: SymmetricEncryption,
    private readonly secrets: SecretSource,
    private readonly recipients?: AttestedRecipients,
  ) {}

  async generateDataKey(context: RequestContext, command: GenerateDataKey): Promise<Result<DataKey, DataKeyRefusal>> {
    const recipient = verifyRecipient(this.recipients, command.recipient, context);
    if (!recipient.ok) return recipient;
    const generated = await this.#generate(context, 'GenerateDataKey', command, recipient.value);
    if (!generated.ok) return generated;
    const { plaintext, ...answer } = generated.value;
    return accept({ ...answer, ...(await handOver(plaintext, recipient.value)) });
  }

  async generateDataKeyWithoutPlaintext(
    context: RequestContext,
    command: GenerateDataKeyWithoutPlaintext,
  ): Promise<Result<DataKeyWithoutPlaintext, DataKeyRefusal>> {
    const generated = await this.#generate(context, 'GenerateDataKeyWithoutPlaintext', command);
    if (!generated.ok) return generated;
    const { plaintext, ...answer } = generated.value;
    plaintext[Symbol.dispose]();
    return accept(answer);
  }

  async #generate(
    context: RequestContext,
    operation: 'GenerateDataKey' | 'GenerateDataKeyWithoutPlaintext',
    command: GenerateDataKeyWithoutPlaintext,
    recipient?: AttestedRecipient,
  ): Promise<Result<GeneratedDataKey, DataKeyRefusal>> {
    const length = lengthOf(command);
    if (length === undefined) return refuse({ code: 'DataKeyLengthUnclear' });
    const encryptionContext = command.encryptionContext ?? {};
    const opened = await this.door.open(context, {
      given: command.keyId,
      operation,
      action: `kms:${operation}`,
      aliases: 'resolved',
      facts: { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext, ...attestationFacts(recipient) },
      grantTokens: command.grantTokens,
      suits: ofUsage('ENCRYPT_DECRYPT', operation),
    });
    if (!opened.ok) return opened;
    const use = checkDataKeySpec(opened.value);
    if (!use.ok) return use;
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) return dryRun;
    const plaintext = this.secrets.take(length);
    const encrypted = await this.encryption.encrypt(use.value, plaintext, encryptionContext);
    if (!encrypted.ok) {
      plaintext[Symbol.dispose]();
      return encrypted;
    }
    const { key } = use.value;
    const keyMaterialId = shownMaterialId(key);
    context.notes.material(key, keyMaterialId);
    return accept({ ciphertextBlob: encrypted.value, plaintext, keyId: arnOf(key), keyMaterialId });
  }
}

/** @returns undefined unless exactly one of KeySpec and NumberOfBytes was given */
function lengthOf({ keySpec, numberOfBytes }: GenerateDataKeyWithoutPlaintext): number | undefined {
  if (keySpec === undefined) return numberOfBytes;
  return numberOfBytes === undefined ? specLengths[keySpec] : undefined;
}
