/** What is wrong with a trail. The names say what must have been done to it. */
export type FindingKind =
  /** No trusted key signed this checkpoint, or its body was changed. */
  | 'CheckpointNotGenuine'
  /** Checkpoints are missing before this one, or it does not follow the one before. */
  | 'CheckpointsDoNotFollow'
  /** A node that is not of this deployment wrote to the chain. */
  | 'ChainDoubtful'
  /** The record is not the one that was written: changed, exchanged, or put in from elsewhere. */
  | 'RecordChanged'
  /** Records are missing before this one. */
  | 'RecordsMissing'
  /** The number was there before. */
  | 'RecordInserted'
  /** The record is right, but not what its columns say, by which it is found. */
  | 'ColumnsChanged'
  /** The chain was rewritten: its hashes fit each other, and not the checkpoint. */
  | 'ChainRewritten'
  /** The chain ends before the place where a checkpoint has seen it. */
  | 'TailCutOff'
  /** No checkpoint knows of records that are older than it. */
  | 'RecordsNotCovered'
  /** There is no checkpoint at all. */
  | 'NoCheckpoint'
  /** The next checkpoint should have been made long ago: the latest ones may have been removed. */
  | 'CheckpointOverdue'
  /** An anchor names a checkpoint that is another one, or is not there: an older state was put back. */
  | 'AnchorNotMet';

export interface Finding {
  readonly kind: FindingKind;
  /** The chain, and the number of the first record concerned. */
  readonly chain?: string;
  readonly seq?: number;
  /** The number of the checkpoint concerned. */
  readonly checkpoint?: number;
  /** One sentence for a person. */
  readonly detail: string;
}

export interface VerificationReport {
  /** In the order in which they were found: checkpoints, then chains, then what lies outside. At most 100. */
  readonly findings: readonly Finding[];
  readonly checkpoints: number;
  readonly chains: number;
  readonly records: number;
  /** Records after the last checkpoint: each fits its chain, and no signature covers them yet. */
  readonly notYetCovered: number;
  /** When the last checkpoint was made. */
  readonly coveredUntil: number | undefined;
  /** Spans of more than three intervals without a checkpoint: no scheduler ran. Nothing can be hidden in them. */
  readonly silences: readonly { readonly from: number; readonly to: number }[];
  /** Anchors of checkpoints that retention has removed: they prove nothing any more. */
  readonly anchorsTooOld: number;
}

export const mostFindings = 100;
