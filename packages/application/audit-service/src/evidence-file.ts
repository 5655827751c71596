import {
  type CheckpointVerifier,
  type Digest,
  TrailVerifier,
  type VerificationReport,
  type TrailKey,
  checkpointLine,
  keyLine,
  readEvidence,
  recordLine,
} from '@keywarden/audit';
import type { ReadableArchive, VerifyOptions } from './verify-trail';

const page = 2_000;
const mostKeys = 10_000;

/** Whom to believe, given the keys of a trail and how they succeeded each other. */
export type CheckpointTrust = (keys: readonly TrailKey[]) => CheckpointVerifier;

/** A line of an evidence file cannot be read, or stands where it must not. */
export class MalformedEvidence extends Error {
  override readonly name = 'MalformedEvidence';

  constructor(readonly line: number) {
    super(`line ${line} is not one of an evidence file`);
  }
}

/** The whole trail as lines: the public keys, all checkpoints, then the records chain by chain. */
export async function* evidenceLines(archive: ReadableArchive, keys: readonly TrailKey[]): AsyncGenerator<string> {
  for (const key of keys) yield keyLine(key);
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
  trust: CheckpointTrust,
  { now, anchors }: VerifyOptions,
): Promise<VerificationReport> {
  const keys: TrailKey[] = [];
  let begun: TrailVerifier | undefined;
  let [count, chain, start] = [0, '', 0];
  for await (const line of lines) {
    count += 1;
    if (line === '') continue;
    const evidence = readEvidence(line);
    if (evidence === undefined || (evidence.kind === 'checkpoint' && chain !== '')) throw new MalformedEvidence(count);
    if (evidence.kind === 'key') {
      if (begun !== undefined || keys.length >= mostKeys) throw new MalformedEvidence(count);
      keys.push(evidence.key);
      continue;
    }
    const verifier = (begun ??= new TrailVerifier(digest, trust(keys)));
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
  return (begun ?? new TrailVerifier(digest, trust(keys))).end(now, anchors);
}
