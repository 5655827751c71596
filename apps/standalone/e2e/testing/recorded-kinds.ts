import type { KeySpec, KeyUsageType, OriginType } from '@aws-sdk/client-kms';
import type { AService } from './a-service';
import { type RecordedRefusal, base64, recordedCalls } from './recorded';

export const message = 'bWVzc2FnZQ==';

export type Kind = readonly [spec: KeySpec, usage: KeyUsageType, origin?: OriginType];
export const symmetric: Kind = ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT'];
export const external: Kind = ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'EXTERNAL'];
export const rsaEncryption: Kind = ['RSA_2048', 'ENCRYPT_DECRYPT'];
export const rsaSigning: Kind = ['RSA_2048', 'SIGN_VERIFY'];
export const p256: Kind = ['ECC_NIST_P256', 'SIGN_VERIFY'];
export const agreement: Kind = ['ECC_NIST_P256', 'KEY_AGREEMENT'];
export const hmac: Kind = ['HMAC_256', 'GENERATE_VERIFY_MAC'];
export const externalHmac: Kind = ['HMAC_256', 'GENERATE_VERIFY_MAC', 'EXTERNAL'];
export const mlDsa: Kind = ['ML_DSA_44', 'SIGN_VERIFY'];
export const ed25519: Kind = ['ECC_NIST_EDWARDS25519', 'SIGN_VERIFY'];

/** A request that would do with a key of the right kind. */
export function cryptoRequest(operation: string, KeyId: string, algorithm: string): object {
  const blob = base64(64, 0);
  switch (operation) {
    case 'Sign':
    case 'Verify':
      return { KeyId, Message: message, Signature: blob, SigningAlgorithm: algorithm };
    case 'GenerateMac':
    case 'VerifyMac':
      return { KeyId, Message: message, Mac: blob, MacAlgorithm: algorithm };
    case 'Encrypt':
      return { KeyId, Plaintext: message, EncryptionAlgorithm: algorithm };
    case 'Decrypt':
      return { KeyId, CiphertextBlob: blob, EncryptionAlgorithm: algorithm };
    case 'DeriveSharedSecret':
      return { KeyId, KeyAgreementAlgorithm: algorithm, PublicKey: blob };
    case 'GenerateDataKey':
    case 'GenerateDataKeyWithoutPlaintext':
      return { KeyId, KeySpec: 'AES_256' };
    default:
      return { KeyId };
  }
}

export const usageNotValid = (arn: string, usage: string, operation: string): RecordedRefusal => ({
  code: 'InvalidKeyUsageException',
  message: `${arn} key usage is ${usage} which is not valid for ${operation}.`,
});
export const incompatible = (algorithm: string, spec: string): RecordedRefusal => ({
  code: 'InvalidKeyUsageException',
  message: `Algorithm ${algorithm} is incompatible with key spec ${spec}.`,
});
export const inState = (arn: string, state: string): RecordedRefusal => ({
  code: 'KMSInvalidStateException',
  message: `${arn} is ${state}.`,
});
export const disabled = (arn: string): RecordedRefusal => ({
  code: 'DisabledException',
  message: `${arn} is disabled.`,
});
export const incorrectKey: RecordedRefusal = {
  code: 'IncorrectKeyException',
  message: 'The key ID in the request does not identify a CMK that can perform this operation.',
};

/** A request to manage a key that would do with one in the right state and of the right origin. */
export async function managementRequest(service: AService, operation: string, KeyId: string): Promise<object> {
  const { created, send } = recordedCalls(service);
  const name = `alias/${operation}-${KeyId.slice(-12)}`;
  switch (operation) {
    case 'CreateAlias':
      return { AliasName: name, TargetKeyId: KeyId };
    case 'UpdateAlias':
      await send('CreateAlias', { AliasName: name, TargetKeyId: (await created({})).KeyId });
      return { AliasName: name, TargetKeyId: KeyId };
    case 'GetParametersForImport':
      return { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' };
    case 'ImportKeyMaterial':
      return {
        KeyId,
        ImportToken: 'AAAA',
        EncryptedKeyMaterial: 'AAAA',
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      };
    case 'UpdateKeyDescription':
      return { KeyId, Description: 'x' };
    case 'TagResource':
      return { KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] };
    case 'UntagResource':
      return { KeyId, TagKeys: ['a'] };
    case 'CreateGrant':
      return { KeyId, GranteePrincipal: 'arn:aws:iam::111122223333:root', Operations: ['Encrypt'] };
    default:
      return { KeyId };
  }
}
