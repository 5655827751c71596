import {
  type Anchor,
  type AuditArchive,
  type CheckpointVerifier,
  type Digest,
  TrailVerifier,
  type VerificationReport,
} from '@keywarden/audit';

export interface VerifyOptions {
  /** At this instant the next checkpoint must not be overdue; undefined: that is not asked. */
  readonly now: number | undefined;
  readonly anchors: readonly Anchor[];
}

const page = 2_000;

/** What of an archive a verification reads; an exported file is one too. */
export type ReadableArchive = Pick<AuditArchive, 'checkpoints' | 'chains' | 'records'>;

/**
 * Checks all there is, reading page by page. Records that are appended meanwhile do no harm: what was read is checked.
 *
 * @param verify knows the trusted public keys
 */
export async function verifyTrail(
  archive: ReadableArchive,
  digest: Digest,
  verify: CheckpointVerifier,
  { now, anchors }: VerifyOptions,
): Promise<VerificationReport> {
  const verifier = new TrailVerifier(digest, verify);
  let number = 0;
  for (;;) {
    const checkpoints = await archive.checkpoints(number, page);
    for (const checkpoint of checkpoints) verifier.checkpoint(checkpoint);
    if (checkpoints.length < page) break;
    number = checkpoints[checkpoints.length - 1]?.number ?? number;
  }
  for (const chain of await archive.chains()) {
    let seq = verifier.chain(chain);
    for (;;) {
      const records = await archive.records(chain, seq, page);
      for (const record of records) verifier.record(record);
      if (records.length < page) break;
      seq = records[records.length - 1]?.seq ?? seq;
    }
  }
  return verifier.end(now, anchors);
}
