import {
  type AuditArchive,
  type ChainCut,
  type CheckpointBase,
  type CheckpointVerifier,
  CheckpointsVerifier,
  type Digest,
  type Finding,
  readCheckpoint,
} from '@keywarden/audit';
import { type Instant, plusMilliseconds } from '@keywarden/kernel';
import type { Checkpointer } from './checkpointer';

const dayMs = 86_400_000;
/** Few at a time: each signature takes a tenth of a millisecond, and others want the processor too. */
const page = 50;

export interface RetentionParts {
  readonly archive: AuditArchive;
  readonly checkpointer: Checkpointer;
  readonly digest: Digest;
  /** Knows the keys of this deployment. */
  readonly verify: CheckpointVerifier;
}

export interface RetentionReport {
  /** The first instant that stays; undefined when nothing was old enough. */
  readonly before: Instant | undefined;
  readonly daysRemoved: number;
  readonly checkpointsRemoved: number;
  /** Why old checkpoints stay: something is wrong with them, and they prove it. */
  readonly keptFor: Finding | undefined;
}

/**
 * Removes whole days of records that are older than so many days, and the checkpoints of that time. A checkpoint states
 * what goes before it goes, and carries on what is still needed of it, so that what stays can be checked, and nobody can
 * pass a removal of their own off as this one.
 *
 * @param days at least 1
 */
export async function retain(parts: RetentionParts, now: Instant, days: number): Promise<RetentionReport> {
  if (!Number.isInteger(days) || days < 1) throw new RangeError(`days must be a whole number from 1 on, not ${days}`);
  const { archive, checkpointer } = parts;
  const cut = await archive.cutBefore(plusMilliseconds(now, -days * dayMs));
  if (cut === undefined) return { before: undefined, daysRemoved: 0, checkpointsRemoved: 0, keptFor: undefined };
  const { base, from, keptFor } = await baseOf(parts, cut);
  await checkpointer.cut(cut, base);
  const daysRemoved = await archive.drop(cut, base?.number);
  const checkpointsRemoved = base === undefined ? 0 : base.number - from + 1;
  return { before: cut.before, daysRemoved, checkpointsRemoved, keptFor };
}

/** INVARIANT: what is carried on was signed: nothing that somebody put into the database is signed anew. */
async function baseOf(
  { archive, digest, verify }: RetentionParts,
  cut: ChainCut,
): Promise<{ readonly base?: CheckpointBase; readonly from: number; readonly keptFor: Finding | undefined }> {
  const findings: Finding[] = [];
  const verifier = new CheckpointsVerifier(digest, verify, (finding) => void findings.push(finding));
  let [from, number, last] = [0, 0, 0];
  for (;;) {
    const checkpoints = await archive.checkpoints(number, page);
    for (const checkpoint of checkpoints) {
      verifier.take(checkpoint);
      from ||= checkpoint.number;
      number = checkpoint.number;
      if ((readCheckpoint(checkpoint.body)?.at ?? Infinity) < cut.before) last = number;
    }
    if (checkpoints.length < page) break;
  }
  verifier.checkOpening();
  const [keptFor] = findings;
  const base = keptFor === undefined ? verifier.baseAt(last, cut, new Set(await archive.chains())) : undefined;
  return { ...(base && { base }), from, keptFor };
}
