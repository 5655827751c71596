import type { Instant, Tenancy } from '@keywarden/kernel';
import type { AuditIndex, FoundRecord, RecordPosition } from './audit-index';

/** What one principal did with a key. */
export interface PrincipalUse {
  /** ARN, or what else the record says of who it was. */
  readonly principal: string;
  readonly account: string | undefined;
  readonly first: Instant;
  readonly last: Instant;
  readonly calls: number;
  /** Of them, those that were refused or failed. */
  readonly refused: number;
  /** Calls by operation. */
  readonly operations: ReadonlyMap<string, number>;
  /** Aliases by which the key was named, and grants without which it might not have been used. */
  readonly aliases: ReadonlySet<string>;
  readonly grants: ReadonlySet<string>;
}

/** Who depends on a key, as far as the trail reaches. */
export interface KeyImpact {
  /** Who used it last comes first. */
  readonly principals: readonly PrincipalUse[];
  readonly records: number;
  /** The oldest record looked at. */
  readonly since: Instant | undefined;
  /** There were more records than were looked at. */
  readonly truncated: boolean;
}

export interface ImpactOptions {
  readonly from?: Instant;
  /** Records to look at, newest first. 1 to 10,000,000 */
  readonly most: number;
}

const pageSize = 1_000;
const mostNames = 100;

/** Reads what the trail knows of a key before somebody deletes it. @param keyArn of a key of this account and Region */
export async function keyImpact(
  index: AuditIndex,
  tenancy: Tenancy,
  keyArn: string,
  { from, most }: ImpactOptions,
): Promise<KeyImpact> {
  const uses = new Map<string, GatheredUse>();
  let before: RecordPosition | undefined;
  let records = 0;
  for (;;) {
    const limit = Math.min(pageSize, most - records);
    const page = await index.find({
      account: tenancy.account,
      region: tenancy.region,
      attribute: { key: 'Resource', value: keyArn },
      ...(from !== undefined && { from }),
      ...(before !== undefined && { before }),
      limit,
    });
    for (const record of page) note(uses, record);
    records += page.length;
    before = page.at(-1) ?? before;
    if (page.length < limit || records >= most) {
      const principals = [...uses.values()].sort((left, right) => right.last - left.last);
      return { principals, records, since: before?.at, truncated: page.length === limit && records >= most };
    }
  }
}

interface GatheredUse {
  readonly principal: string;
  readonly account: string | undefined;
  first: Instant;
  last: Instant;
  calls: number;
  refused: number;
  readonly operations: Map<string, number>;
  readonly aliases: Set<string>;
  readonly grants: Set<string>;
}

interface UseMembers {
  readonly userIdentity?: {
    readonly arn?: unknown;
    readonly type?: unknown;
    readonly accountId?: unknown;
    readonly principalId?: unknown;
    readonly invokedBy?: unknown;
  };
  readonly errorCode?: unknown;
  readonly requestParameters?: { readonly keyId?: unknown } | null;
  readonly additionalEventData?: { readonly grantId?: unknown };
}

function note(uses: Map<string, GatheredUse>, { at, eventName, text }: FoundRecord): void {
  const { userIdentity = {}, errorCode, requestParameters, additionalEventData } = JSON.parse(text) as UseMembers;
  const { arn, principalId, invokedBy, type, accountId } = userIdentity;
  const principal = String(arn ?? principalId ?? invokedBy ?? type ?? 'unknown');
  let use = uses.get(principal);
  if (use === undefined) {
    const account = typeof accountId === 'string' ? accountId : undefined;
    const empty = { operations: new Map<string, number>(), aliases: new Set<string>(), grants: new Set<string>() };
    uses.set(principal, (use = { principal, account, first: at, last: at, calls: 0, refused: 0, ...empty }));
  }
  use.first = at < use.first ? at : use.first;
  use.last = at > use.last ? at : use.last;
  use.calls += 1;
  if (errorCode !== undefined) use.refused += 1;
  use.operations.set(eventName, (use.operations.get(eventName) ?? 0) + 1);
  const named = requestParameters?.keyId;
  if (typeof named === 'string' && named.includes('alias/')) keep(use.aliases, named);
  const grantId = additionalEventData?.grantId;
  if (typeof grantId === 'string') keep(use.grants, grantId);
}

function keep(names: Set<string>, name: string): void {
  if (names.size < mostNames) names.add(name);
}
