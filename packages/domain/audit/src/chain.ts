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

type Hashed = Pick<AuditRecord, 'account' | 'region' | 'at'>;

/** What is hashed before the text. Injective: no part can hold a line break, and the number of parts is fixed. */
function before({ chain, seq, hash }: ChainHead, { account, region, at }: Hashed): string {
  return `keywarden-audit-record-v1\n${chain}\n${seq + 1}\n${hash}\n${account}\n${region}\n${at}\n`;
}

/** The hash of a record that follows another. */
export function linkHash(head: ChainHead, record: Hashed & Pick<AuditRecord, 'text'>, digest: Digest): string {
  return digest(before(head, record) + record.text);
}

/**
 * A record in its place behind a head.
 *
 * One is made for each call, so its text, which is put together from many parts, is written out once: as a part of what
 * is hashed. Members are named one by one because that is several times as fast as spreading them.
 */
export function link(head: ChainHead, record: AuditRecord, digest: Digest): ChainedRecord {
  const { account, region, at, eventId, source, eventName, userName, accessKeyId, readOnly, resources } = record;
  const first = before(head, record);
  const hashed = [first, record.text].join('');
  const [text, seq, hash] = [hashed.slice(first.length), head.seq + 1, digest(hashed)];
  return {
    account,
    region,
    at,
    text,
    eventId,
    source,
    eventName,
    userName,
    accessKeyId,
    readOnly,
    resources,
    seq,
    hash,
  };
}

/** What a node seals of its head, so that a checkpoint covers only what a node of this deployment has written. */
export function headStatement({ chain, seq, hash }: ChainHead): string {
  return `keywarden-audit-head-v1\n${chain}\n${seq}\n${hash}`;
}
