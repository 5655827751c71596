import type { ImportWrapping, WrappingAlgorithm, WrappingKeySpec } from '@keywarden/crypto';
import { type Instant, type KeyArn, type Result, accept, days, plusDays, refuse } from '@keywarden/kernel';
import { type KeySpec, type KmsKey, arnOf, importable, specOf } from '@keywarden/keys';
import type { KeyDoor } from './key-door';
import type { ImportParameterRefusal, KeyDoorRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface GetParametersForImport {
  readonly keyId: string;
  /** One of the names of the API; not all of them are offered. */
  readonly wrappingAlgorithm: WrappingAlgorithm | 'RSAES_PKCS1_V1_5' | 'SM2PKE';
  readonly wrappingKeySpec: WrappingKeySpec | 'SM2';
}

export interface ParametersForImport {
  readonly keyId: KeyArn;
  readonly importToken: Uint8Array;
  /** SubjectPublicKeyInfo, DER */
  readonly publicKey: Uint8Array;
  readonly parametersValidTo: Instant;
}

const lifetime = days(1);

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GetParametersForImport.html */
export class GetParametersForImportHandler {
  constructor(
    private readonly door: KeyDoor,
    private readonly wrapping: ImportWrapping,
  ) {}

  async handle(
    context: RequestContext,
    { keyId: given, wrappingAlgorithm, wrappingKeySpec }: GetParametersForImport,
  ): Promise<Result<ParametersForImport, KeyDoorRefusal | ImportParameterRefusal>> {
    // Padding of PKCS #1 v1.5 is refused by AWS since October 2023; SM2 is for China Regions.
    const offered = wrappingAlgorithm !== 'RSAES_PKCS1_V1_5' && wrappingAlgorithm !== 'SM2PKE';
    if (!offered || wrappingKeySpec === 'SM2') {
      return refuse({ code: 'WrappingNotOffered', wrappingAlgorithm, wrappingKeySpec });
    }
    const opened = await this.door.open(context, {
      given,
      operation: 'GetParametersForImport',
      action: 'kms:GetParametersForImport',
      aliases: 'refused',
      facts: { wrappingAlgorithm, wrappingKeySpec },
    });
    if (!opened.ok) return opened;
    const allowed = importable('GetParametersForImport', opened.value.key, context.now);
    if (!allowed.ok) return allowed;
    const key = allowed.value;
    if (!fits(key.spec, wrappingAlgorithm, wrappingKeySpec)) {
      return refuse({ code: 'WrappingNotOfSpec', wrappingAlgorithm, wrappingKeySpec, spec: key.spec });
    }
    const parametersValidTo = plusDays(context.now, lifetime);
    const parameters = { algorithm: wrappingAlgorithm, validTo: parametersValidTo };
    const { publicKey, importToken } = await this.wrapping.issue(importOwner(key), wrappingKeySpec, parameters);
    return accept({ keyId: arnOf(key), importToken, publicKey, parametersValidTo });
  }
}

/** Whom an import token is bound to. */
export function importOwner(key: KmsKey): Parameters<ImportWrapping['issue']>[0] {
  return { account: key.account, region: key.region, keyId: key.id, spec: key.spec };
}

/**
 * The two steps of RSA_AES_KEY_WRAP are for private keys alone. RSA-OAEP by itself holds no RSA private key, and no private
 * key on P-521 under a 2,048-bit key.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-get-public-key-and-token.html
 */
function fits(spec: KeySpec, algorithm: WrappingAlgorithm, wrappingKeySpec: WrappingKeySpec): boolean {
  if (algorithm === 'RSA_AES_KEY_WRAP_SHA_1' || algorithm === 'RSA_AES_KEY_WRAP_SHA_256') {
    return specOf(spec).family === 'asymmetric';
  }
  if (spec === 'RSA_2048' || spec === 'RSA_3072' || spec === 'RSA_4096') return false;
  return spec !== 'ECC_NIST_P521' || wrappingKeySpec !== 'RSA_2048';
}
