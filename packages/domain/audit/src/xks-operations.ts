import { type Members, type OperationRecord, reads } from './operation-record';

/** What the KMS elsewhere says of the call behind its request; never shown: plaintexts, ciphertexts and what they bind. */
const requestMetadata: Members[number] = [
  'requestMetadata',
  ['awsPrincipalArn', 'awsSourceVpc', 'awsSourceVpce', 'kmsKeyArn', 'kmsOperation', 'kmsRequestId', 'kmsViaService'],
];
const ofKey = reads('uriPath', 'externalKeyId', requestMetadata);

/** The four operations of the XKS proxy API. */
export const xksOperations = {
  GetHealthStatus: reads('uriPath', requestMetadata),
  GetKeyMetadata: ofKey,
  Encrypt: ofKey,
  Decrypt: ofKey,
} as const satisfies Readonly<Record<string, OperationRecord>>;
