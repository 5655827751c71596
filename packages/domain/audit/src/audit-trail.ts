import type { Caller } from '@keywarden/identity';
import type { Region } from '@keywarden/kernel';
import type { RequestNotes } from './request-notes';

/** As in `eventSource`; `kms-xks-proxy` are requests of a KMS elsewhere. */
export type AuditedService = 'kms' | 'iam' | 'sts' | 'cloudtrail' | 'kms-xks-proxy';

/** Where a request came from, as far as a record tells. */
export interface CallOrigin {
  readonly sourceIp: string | undefined;
  readonly userAgent: string | undefined;
  /** The Host header. */
  readonly host: string | undefined;
  /** Absent without TLS; for example `TLSv1.3` and `TLS_AES_128_GCM_SHA256`. */
  readonly tls: { readonly version: string; readonly cipher: string } | undefined;
}

/** One call as it ended, with nothing left out: what of it is recorded is decided by the table of operations. */
export interface AuditedCall {
  readonly service: AuditedService;
  readonly operation: string;
  /** A UUID; the one the answer bears. */
  readonly requestId: string;
  readonly region: Region;
  /** Absent for callers who are known by a web identity token alone; see `RequestNotes.webIdentity`. */
  readonly caller: Caller | undefined;
  /** False when the request merely named an access key of the caller and its signature did not hold. */
  readonly authenticated: boolean;
  readonly origin: CallOrigin;
  /** Members in camelCase; absent when the request could not be read. */
  readonly command: unknown;
  /** Absent when the call failed, and where an operation answers nothing. */
  readonly answer: unknown;
  readonly error: { readonly type: string; readonly message?: string } | undefined;
  readonly notes: RequestNotes;
}

/** The record of a call cannot be made durable: no answer may leave. Trying again later may help. */
export class AuditUnavailable extends Error {
  override readonly name = 'AuditUnavailable';
}

/** Keeps the record of every call. */
export interface AuditTrail {
  /**
   * Asked before a call has any effect: what cannot be recorded must not happen.
   *
   * @throws AuditUnavailable when records cannot be taken right now
   */
  assertOpen(): void;
  /**
   * To be awaited before the answer leaves. What is recorded is read before this returns, so secrets of command and
   * answer may be wiped at once.
   *
   * @returns when the record is durable
   * @throws AuditUnavailable when it did not become durable in time
   */
  record(call: AuditedCall): Promise<void>;
}
