import { blob, enumeration, integer, list, required, secretBlob, string, structure } from '@keywarden/aws-json';
import { xksLimits } from './limits';

/** Of the call to KMS behind the call to the proxy; opaque to the proxy, which records it. */
const healthMetadata = structure({ kmsRequestId: required(string()), kmsOperation: required(string()) });

const keyMetadata = {
  awsPrincipalArn: required(string()),
  awsSourceVpc: string(),
  awsSourceVpce: string(),
  kmsOperation: required(string()),
  kmsRequestId: required(string()),
  kmsViaService: string(),
} as const;
/** GetKeyMetadata comes before there is a KMS key. */
const metadataOfNoKey = structure({ ...keyMetadata, kmsKeyArn: string() });
const metadataOfKey = structure({ ...keyMetadata, kmsKeyArn: required(string()) });

const encryptionAlgorithm = required(enumeration(['AES_GCM']));

export const getHealthStatus = {
  input: structure({ requestMetadata: required(healthMetadata) }),
  output: structure({
    xksProxyFleetSize: required(integer({ min: 1 })),
    xksProxyVendor: required(string()),
    xksProxyModel: required(string()),
    ekmVendor: required(string()),
    ekmFleetDetails: required(
      list(
        structure({
          id: required(string()),
          model: required(string()),
          healthStatus: required(enumeration(['ACTIVE', 'DEGRADED', 'UNAVAILABLE'])),
        }),
        { min: 1, max: xksLimits.ekmFleetDetails },
      ),
    ),
  }),
};

export const getKeyMetadata = {
  input: structure({ requestMetadata: required(metadataOfNoKey) }),
  output: structure({
    keySpec: required(string()),
    keyUsage: required(list(string(), { max: xksLimits.keyUsages })),
    keyStatus: required(enumeration(['ENABLED', 'DISABLED'])),
  }),
};

export const encrypt = {
  input: structure({
    requestMetadata: required(metadataOfKey),
    additionalAuthenticatedData: blob(),
    plaintext: required(secretBlob({ min: 1 })),
    encryptionAlgorithm,
    ciphertextDataIntegrityValueAlgorithm: enumeration(['SHA_256']),
  }),
  output: structure({
    ciphertext: required(blob()),
    ciphertextMetadata: blob({ max: xksLimits.metadataBytes }),
    initializationVector: required(blob()),
    authenticationTag: required(blob()),
    ciphertextDataIntegrityValue: blob({ min: 32, max: 32 }),
  }),
};

export const decrypt = {
  input: structure({
    requestMetadata: required(metadataOfKey),
    additionalAuthenticatedData: blob(),
    ciphertext: required(blob({ min: 1 })),
    ciphertextMetadata: blob(),
    encryptionAlgorithm,
    initializationVector: required(blob()),
    authenticationTag: required(blob()),
  }),
  output: structure({ plaintext: required(secretBlob()) }),
};
