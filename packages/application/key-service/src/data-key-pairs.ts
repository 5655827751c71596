import type {
  AttestedRecipient,
  AttestedRecipients,
  DataKeyPairSource,
  EncryptionContext,
  SymmetricEncryption,
} from '@keywarden/crypto';
import type { KeyStoreFailed } from '@keywarden/custom-key-stores';
import { type KeyArn, type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import {
  type CreateKeyRefusal,
  type DataKeyPairSpec,
  type KeyKindRefusal,
  type KeyMaterialId,
  type KeySpec,
  arnOf,
} from '@keywarden/keys';
import type { KeyDoor } from './key-door';
import { type Recipient, attestationFacts, handOver, verifyRecipient } from './recipient';
import type { DryRunSucceeded, KeyDoorRefusal, ParameterRefusal, UsageRefusal } from './refusals';
import type { RequestContext } from './request-context';
import { checkDataKeySpec, checkDryRun, ofUsage } from './usage';

export interface GenerateDataKeyPairWithoutPlaintext {
  readonly keyId: string;
  readonly keyPairSpec: DataKeyPairSpec;
  readonly encryptionContext?: EncryptionContext;
  readonly grantTokens?: readonly string[];
  readonly dryRun?: boolean;
}

export interface GenerateDataKeyPair extends GenerateDataKeyPairWithoutPlaintext {
  readonly recipient?: Recipient;
}

export interface DataKeyPairWithoutPlaintext {
  /** The private key under the symmetric KMS key. */
  readonly privateKeyCiphertextBlob: Uint8Array;
  /** SubjectPublicKeyInfo, DER */
  readonly publicKey: Uint8Array;
  readonly keyId: KeyArn;
  readonly keyPairSpec: DataKeyPairSpec;
  readonly keyMaterialId: KeyMaterialId | undefined;
}

/** The private key, PKCS#8 DER: in plaintext, or as CMS EnvelopedData for the attested recipient. */
export type DataKeyPairAnswer = DataKeyPairWithoutPlaintext &
  (
    | { readonly privateKeyPlaintext: SecretBytes; readonly ciphertextForRecipient?: undefined }
    | { readonly privateKeyPlaintext?: undefined; readonly ciphertextForRecipient: Uint8Array }
  );

interface GeneratedDataKeyPair extends DataKeyPairWithoutPlaintext {
  readonly privateKeyPlaintext: SecretBytes;
}

type Refusals =
  | KeyDoorRefusal
  | UsageRefusal
  | ParameterRefusal
  | KeyKindRefusal
  | CreateKeyRefusal
  | KeyStoreFailed
  | DryRunSucceeded;

/**
 * GenerateDataKeyPair and GenerateDataKeyPairWithoutPlaintext.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyPair.html
 */
export class DataKeyPairHandlers {
  /** @param offers whether this deployment offers a spec at all */
  constructor(
    private readonly door: KeyDoor,
    private readonly encryption: SymmetricEncryption,
    private readonly pairs: DataKeyPairSource,
    private readonly offers: (spec: KeySpec) => boolean,
    private readonly recipients?: AttestedRecipients,
  ) {}

  async generateDataKeyPair(
    context: RequestContext,
    command: GenerateDataKeyPair,
  ): Promise<Result<DataKeyPairAnswer, Refusals>> {
    const recipient = verifyRecipient(this.recipients, command.recipient, context);
    if (!recipient.ok) return recipient;
    const generated = await this.#generate(context, 'GenerateDataKeyPair', command, recipient.value);
    if (!generated.ok) return generated;
    const { privateKeyPlaintext, ...answer } = generated.value;
    const { plaintext, ciphertextForRecipient } = await handOver(privateKeyPlaintext, recipient.value);
    return accept(
      plaintext === undefined ? { ...answer, ciphertextForRecipient } : { ...answer, privateKeyPlaintext: plaintext },
    );
  }

  async generateDataKeyPairWithoutPlaintext(
    context: RequestContext,
    command: GenerateDataKeyPairWithoutPlaintext,
  ): Promise<Result<DataKeyPairWithoutPlaintext, Refusals>> {
    const generated = await this.#generate(context, 'GenerateDataKeyPairWithoutPlaintext', command);
    if (!generated.ok) return generated;
    const { privateKeyPlaintext, ...answer } = generated.value;
    privateKeyPlaintext[Symbol.dispose]();
    return accept(answer);
  }

  async #generate(
    context: RequestContext,
    operation: 'GenerateDataKeyPair' | 'GenerateDataKeyPairWithoutPlaintext',
    command: GenerateDataKeyPairWithoutPlaintext,
    recipient?: AttestedRecipient,
  ): Promise<Result<GeneratedDataKeyPair, Refusals>> {
    const { keyId, keyPairSpec, grantTokens, encryptionContext = {} } = command;
    if (!this.offers(keyPairSpec)) return refuse({ code: 'KeySpecNotOffered', spec: keyPairSpec });
    const opened = await this.door.open(context, {
      given: keyId,
      operation,
      action: `kms:${operation}`,
      aliases: 'resolved',
      facts: {
        encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        encryptionContext,
        dataKeyPairSpec: keyPairSpec,
        ...attestationFacts(recipient),
      },
      grantTokens,
      suits: ofUsage('ENCRYPT_DECRYPT', operation),
    });
    if (!opened.ok) return opened;
    const use = checkDataKeySpec(opened.value);
    if (!use.ok) return use;
    const { key } = use.value;
    if (key.origin === 'AWS_CLOUDHSM' || key.origin === 'EXTERNAL_KEY_STORE') {
      return refuse({ code: 'OriginNotValid', keyArn: arnOf(key), origin: key.origin });
    }
    const dryRun = checkDryRun(command.dryRun);
    if (!dryRun.ok) return dryRun;
    const { privateKey, publicKey } = await this.pairs.take(keyPairSpec);
    const encrypted = await this.encryption.encrypt(use.value, privateKey, encryptionContext);
    if (!encrypted.ok) return encrypted;
    context.notes.material(key, key.currentMaterialId);
    return accept({
      privateKeyCiphertextBlob: encrypted.value,
      privateKeyPlaintext: privateKey,
      publicKey,
      keyId: arnOf(key),
      keyPairSpec,
      keyMaterialId: key.currentMaterialId,
    });
  }
}
