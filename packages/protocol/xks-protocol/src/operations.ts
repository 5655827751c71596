import type { Infer } from '@keywarden/aws-json';
import { decrypt, encrypt, getHealthStatus, getKeyMetadata } from './shapes';

/** The four operations of the API. */
export const xksOperations = {
  GetHealthStatus: getHealthStatus,
  GetKeyMetadata: getKeyMetadata,
  Encrypt: encrypt,
  Decrypt: decrypt,
} as const;

export type XksOperation = keyof typeof xksOperations;
export type XksRequest<O extends XksOperation> = Infer<(typeof xksOperations)[O]['input']>;
export type XksAnswer<O extends XksOperation> = Infer<(typeof xksOperations)[O]['output']>;
