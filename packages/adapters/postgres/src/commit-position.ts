/**
 * Which transactions have ended: a snapshot of Postgres. Numbers of transactions are given at their start and say nothing
 * of the order of their ends, which is why no single number would do.
 *
 * @see https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT
 */
export interface CommitPosition {
  /** Every transaction below has ended. */
  readonly xmin: bigint;
  /** No transaction from here on had begun. */
  readonly xmax: bigint;
  /** Those in between that were under way. */
  readonly underWay: readonly bigint[];
}

const textPattern = /^([0-9]{1,20}):([0-9]{1,20}):((?:[0-9]{1,20}(?:,[0-9]{1,20})*)?)$/;

/** @returns undefined when it is not the text of a `pg_snapshot` */
export function parsePosition(text: string): CommitPosition | undefined {
  const [, xmin, xmax, list] = textPattern.exec(text) ?? [];
  if (xmin === undefined || xmax === undefined || list === undefined) return undefined;
  return { xmin: BigInt(xmin), xmax: BigInt(xmax), underWay: list === '' ? [] : list.split(',').map(BigInt) };
}

export function positionText({ xmin, xmax, underWay }: CommitPosition): string {
  return `${xmin}:${xmax}:${underWay.join(',')}`;
}

/** Is whatever had been committed at `earlier` also committed at `later`? */
export function covers(later: CommitPosition, earlier: CommitPosition): boolean {
  if (later.xmax < earlier.xmax) return false;
  return later.underWay.every((xid) => xid >= earlier.xmax || earlier.underWay.includes(xid));
}

/** A position that promises less, in a text of bounded length. */
export function shortened({ xmin }: CommitPosition): CommitPosition {
  return { xmin, xmax: xmin, underWay: [] };
}
