import { blob, integer, list, map, required, secretBlob, string, structure } from '@keywarden/aws-json';
import { keyEncryptionMechanism } from './enumerations';

export const arn = string({ min: 20, max: 2048 });
export const attestationDocument = blob({ min: 1, max: 262144 });
export const keyMaterialId = string({ min: 64, max: 64, pattern: '^[a-f0-9]+$' });
export const ciphertext = blob({ min: 1, max: 6144 });
export const cloudHsmClusterId = string({ min: 19, max: 24, pattern: 'cluster-[2-7a-zA-Z]{11,16}' });
export const customKeyStoreId = string({ min: 1, max: 64 });
export const description = string({ min: 0, max: 8192 });
export const encryptionContext = map(string(), string());
export const grantToken = string({ min: 1, max: 8192 });
export const grantTokenList = list(grantToken, { min: 0, max: 10 });
export const keyId = string({ min: 1, max: 2048, pattern: '^\\p{ASCII}+$' });
export const keyMaterialDescription = string({ min: 0, max: 256, pattern: '^[a-zA-Z0-9:/_\\s.-]+$' });
/** Operations have lower maxima of their own. */
export const limit = integer({ min: 1, max: 1000 });
export const marker = string({ min: 1, max: 1024, pattern: '[\\u0020-\\u00FF]*' });
/** The service itself allows 7 to 30 days. */
export const pendingWindowInDays = integer({ min: 1, max: 365 });
/** Whatever the model calls plaintext, messages to be signed included: never shown, held as `SecretBytes`. */
export const plaintext = secretBlob({ min: 1, max: 4096 });
/** The service itself allows 32,768 bytes and says so in a LimitExceededException. */
export const policy = string({ min: 1, max: 131072, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' });
export const publicKey = blob({ min: 1, max: 8192 });
export const recipient = structure({
  KeyEncryptionAlgorithm: keyEncryptionMechanism,
  AttestationDocument: attestationDocument,
});

export const region = string({ min: 1, max: 32, pattern: '^([a-z]+-){2,3}\\d+$' });
export const tagKey = string({ min: 1, max: 128 });
export const tagValue = string({ min: 0, max: 256 });
export const tag = structure({
  TagKey: required(tagKey),
  TagValue: required(tagValue),
});

export const tagList = list(tag);
export const xksKeyId = string({ min: 1, max: 128, pattern: '^[a-zA-Z0-9-_.]+$' });
