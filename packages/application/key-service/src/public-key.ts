import { type KeyArn, type Result, accept, refuse } from '@keywarden/kernel';
import {
  type EncapsulationAlgorithm,
  type EncryptionAlgorithm,
  type KeyAgreementAlgorithm,
  type KeyKindRefusal,
  type KeySpec,
  type KeyUsage,
  type SigningAlgorithm,
  algorithmsOf,
  arnOf,
  currentMaterial,
  specOf,
} from '@keywarden/keys';
import type { KeyDoor } from './key-door';
import type { KeyDoorRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface GetPublicKey {
  readonly keyId: string;
  readonly grantTokens?: readonly string[];
}

/** Of the lists of algorithms only the one of the key's usage is there. */
export interface PublicKeyAnswer {
  readonly keyId: KeyArn;
  /** SubjectPublicKeyInfo, DER */
  readonly publicKey: Uint8Array;
  readonly customerMasterKeySpec: KeySpec;
  readonly keySpec: KeySpec;
  readonly keyUsage: KeyUsage;
  readonly encryptionAlgorithms?: readonly EncryptionAlgorithm[];
  readonly signingAlgorithms?: readonly SigningAlgorithm[];
  readonly keyAgreementAlgorithms?: readonly KeyAgreementAlgorithm[];
  readonly encapsulationAlgorithms?: readonly EncapsulationAlgorithm[];
}

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html */
export class GetPublicKeyHandler {
  constructor(private readonly door: KeyDoor) {}

  async handle(
    context: RequestContext,
    { keyId: given, grantTokens }: GetPublicKey,
  ): Promise<Result<PublicKeyAnswer, KeyDoorRefusal | KeyKindRefusal>> {
    const opened = await this.door.open(context, {
      given,
      operation: 'GetPublicKey',
      action: 'kms:GetPublicKey',
      aliases: 'resolved',
      grantTokens,
    });
    if (!opened.ok) return opened;
    const { key } = opened.value;
    const keyId = arnOf(key);
    if (specOf(key.spec).family !== 'asymmetric') return refuse({ code: 'SpecNotValid', keyArn: keyId });
    const publicKey = currentMaterial(key)?.publicKey;
    if (publicKey === undefined) throw new Error('a usable asymmetric key has no public key');
    return accept({
      keyId,
      publicKey,
      customerMasterKeySpec: key.spec,
      keySpec: key.spec,
      keyUsage: key.usage,
      ...algorithmLists(key.spec, key.usage),
    });
  }
}

function algorithmLists(spec: KeySpec, usage: KeyUsage): Partial<PublicKeyAnswer> {
  switch (usage) {
    case 'ENCRYPT_DECRYPT':
      return { encryptionAlgorithms: algorithmsOf(spec, usage) };
    case 'SIGN_VERIFY':
      return { signingAlgorithms: algorithmsOf(spec, usage) };
    case 'KEY_AGREEMENT':
      return { keyAgreementAlgorithms: algorithmsOf(spec, usage) };
    case 'ENCAPSULATE_DECAPSULATE':
      return { encapsulationAlgorithms: algorithmsOf(spec, usage) };
    case 'GENERATE_VERIFY_MAC':
      return {};
    default:
      throw new Error(`unknown key usage ${String(usage satisfies never)}`);
  }
}
