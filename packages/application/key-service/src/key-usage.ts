import type { Instant } from '@keywarden/kernel';
import type { KeyName } from '@keywarden/keys';

/** The operations that count as a use of a key; ReEncrypt uses two. */
export const trackedOperations = [
  'Decrypt',
  'DeriveSharedSecret',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'ReEncrypt',
  'Sign',
  'Verify',
  'VerifyMac',
  'Encapsulate',
  'Decapsulate',
] as const;

export type TrackedOperation = (typeof trackedOperations)[number];

/** A successful cryptographic operation with a key. */
export interface KeyUse {
  readonly operation: TrackedOperation;
  readonly at: Instant;
  readonly requestId: string;
  /** The id of the audit record, when there is one. */
  readonly eventId?: string;
}

export interface NotedUse extends KeyUse {
  readonly key: KeyName;
}

/** Keeps the last use of every key, for all nodes. */
export interface KeyUsageRecords {
  lastUse(key: KeyName): Promise<KeyUse | undefined>;

  /**
   * Stores uses of different keys; one that is older than what is stored changes nothing, so that nodes need not agree
   * on an order.
   *
   * @param uses 1 to 10,000
   */
  record(uses: readonly NotedUse[]): Promise<void>;
}
