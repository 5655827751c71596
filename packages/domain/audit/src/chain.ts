import type { AuditRecord } from './audit-record';

/** The hash function of the trail, handed in: SHA-256 over UTF-8, in lower-case hexadecimal. */
export type Digest = (text: string) => string;

/** How far a chain has come: its last record's number and hash. A fresh chain stands at 0. */
export interface ChainHead {
  /** A UUID made when the chain began: each process writes a chain of its own. */
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

/** A record in its place. */
export interface ChainedRecord extends AuditRecord {
  readonly seq: number;
  readonly hash: string;
}

const genesis = '0'.repeat(64);

export function freshChain(chain: string): ChainHead {
  return { chain, seq: 0, hash: genesis };
}

/**
 * The hash of a record that follows another. Injective: no part but the last can hold a line break, and the number of
 * parts before the text is fixed.
 */
export function linkHash(
  { chain, seq, hash: previous }: ChainHead,
  { account, region, at, text }: Pick<AuditRecord, 'account' | 'region' | 'at' | 'text'>,
  digest: Digest,
): string {
  return digest(`keywarden-audit-record-v1\n${chain}\n${seq + 1}\n${previous}\n${account}\n${region}\n${at}\n${text}`);
}

/** What a node seals of its head, so that a checkpoint covers only what a node of this deployment has written. */
export function headStatement({ chain, seq, hash }: ChainHead): string {
  return `keywarden-audit-head-v1\n${chain}\n${seq}\n${hash}`;
}
