import type { GrantParty } from '@keywarden/grants';
import type { Caller } from '@keywarden/identity';

function partitionIn(arn: string): string {
  return arn.split(':')[1] ?? 'aws';
}

/** The ARN of the user or role behind a caller: of a role session the role's. */
export function lastingArn({ type, arn, roleArn, account }: Caller): string {
  if (type !== 'AssumedRole') return arn;
  return roleArn ?? `arn:${partitionIn(arn)}:iam::${account}:role/${arn.split('/')[1] ?? ''}`;
}

/** The grantees under which a caller can have grants: itself, its role, its account. */
export function granteesOf(caller: Caller): readonly GrantParty[] {
  const root = `arn:${partitionIn(caller.arn)}:iam::${caller.account}:root`;
  return [...new Set([caller.arn, lastingArn(caller), root])].map((arn) => ({ kind: 'principal', arn }));
}
