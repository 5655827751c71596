import {
  type CheckpointVerifier,
  type Digest,
  TrailVerifier,
  type VerificationReport,
  checkpointLine,
  readEvidence,
  recordLine,
} from '@keywarden/audit';
import type { ReadableArchive, VerifyOptions } from './verify-trail';

const page = 2_000;

/** A line of an evidence file cannot be read, or stands where it must not. */
export class MalformedEvidence extends Error {
  override readonly name = 'MalformedEvidence';

  constructor(readonly line: number) {
    super(`line ${line} is not one of an evidence file`);
  }
}

/** The whole trail as lines: all checkpoints, then the records chain by chain. */
export async function* evidenceLines(archive: ReadableArchive): AsyncGenerator<string> {
  let number = 0;
  for (;;) {
    const checkpoints = await archive.checkpoints(number, page);
    for (const checkpoint of checkpoints) yield checkpointLine(checkpoint);
    if (checkpoints.length < page) break;
    number = checkpoints[checkpoints.length - 1]?.number ?? number;
  }
  for (const chain of await archive.chains()) {
    let seq = 0;
    for (;;) {
      const records = await archive.records(chain, seq, page);
      for (const record of records) yield recordLine(chain, record);
      if (records.length < page) break;
      seq = records[records.length - 1]?.seq ?? seq;
    }
  }
}

/**
 * Checks an evidence file line by line, whatever its size.
 *
 * @throws MalformedEvidence
 */
export async function verifyEvidence(
  lines: AsyncIterable<string> | Iterable<string>,
  digest: Digest,
  verify: CheckpointVerifier,
  { now, anchors }: VerifyOptions,
): Promise<VerificationReport> {
  const verifier = new TrailVerifier(digest, verify);
  let [count, chain, start] = [0, '', 0];
  for await (const line of lines) {
    count += 1;
    if (line === '') continue;
    const evidence = readEvidence(line);
    if (evidence === undefined || (evidence.kind === 'checkpoint' && chain !== '')) throw new MalformedEvidence(count);
    if (evidence.kind === 'checkpoint') {
      verifier.checkpoint(evidence.checkpoint);
      continue;
    }
    if (evidence.chain !== chain) {
      chain = evidence.chain;
      start = verifier.chain(chain);
    }
    if (evidence.record.seq > start) verifier.record(evidence.record);
  }
  return verifier.end(now, anchors);
}
