import {
  type CallerPolicies,
  type ManagedPolicy,
  type PrincipalRepository,
  type Role,
  type User,
  documentInForce,
} from '@keywarden/identity';

/** What a session may do at most. */
export interface SessionPolicies {
  readonly documents: readonly string[];
  /** Unique ids of managed policies; one that was deleted allows nothing any more. */
  readonly policyIds: readonly string[];
}

/** Reads everything that says what a user or role may do: its own policies and those of its groups, in force now. */
export async function readCallerPolicies(
  principals: PrincipalRepository,
  holder: User | Role,
  session?: SessionPolicies,
): Promise<CallerPolicies> {
  const groups = holder.kind === 'user' ? await principals.findMany(holder.groups) : [];
  const holders = [holder, ...groups.filter((group) => group.kind === 'group')];
  const attached = holders.flatMap(({ attachedPolicies }) => attachedPolicies);
  const bounding = holder.boundary === undefined ? [] : [holder.boundary];
  const managed = await readDocuments(principals, [...attached, ...bounding, ...(session?.policyIds ?? [])]);
  const documentsOf = (ids: readonly string[]): string[] =>
    ids.map((id) => managed.get(id)).filter((text) => text !== undefined);

  const [boundary] = documentsOf(bounding);
  // INVARIANT: what is missing between two reads takes permissions away and never gives any.
  const bounds = holder.boundary === undefined ? {} : { boundary: boundary ?? allowsNothing };
  const inline = holders.flatMap(({ inlinePolicies }) => inlinePolicies.map(({ document }) => document));
  return {
    identity: [...new Set([...inline, ...documentsOf(attached)])],
    ...bounds,
    ...(session !== undefined && { session: [...session.documents, ...documentsOf(session.policyIds)] }),
  };
}

const allowsNothing = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}';

async function readDocuments(
  principals: PrincipalRepository,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await principals.findMany([...new Set(ids)]);
  const policies = found.filter((one): one is ManagedPolicy => one.kind === 'policy');
  return new Map(policies.map((policy) => [policy.id, documentInForce(policy)]));
}
