import {
  type CallerPolicies,
  type ManagedPolicy,
  type PrincipalRepository,
  type Role,
  type User,
  documentInForce,
  principalArn,
} from '@keywarden/identity';

/** What a session may do at most. */
export interface SessionPolicies {
  readonly documents: readonly string[];
  /** Unique ids of managed policies; one that was deleted allows nothing any more. */
  readonly policyIds: readonly string[];
}

/** A document that says what a caller may do, and where it is managed. */
export interface NamedDocument {
  readonly document: string;
  /** For people: `inline policy read of user/alice`, or the ARN of a managed policy. */
  readonly source: string;
}

/** Every document in force for a user or role, each text once. */
export interface CallerDocuments {
  readonly identity: readonly NamedDocument[];
  readonly boundary?: NamedDocument;
  readonly session?: readonly NamedDocument[];
}

/** Reads everything that says what a user or role may do: its own policies and those of its groups, in force now. */
export async function readCallerDocuments(
  principals: PrincipalRepository,
  holder: User | Role,
  session?: SessionPolicies,
): Promise<CallerDocuments> {
  const groups = holder.kind === 'user' ? await principals.findMany(holder.groups) : [];
  const holders = [holder, ...groups.filter((group) => group.kind === 'group')];
  const attached = holders.flatMap(({ attachedPolicies }) => attachedPolicies);
  const bounding = holder.boundary === undefined ? [] : [holder.boundary];
  const managed = await readDocuments(principals, [...attached, ...bounding, ...(session?.policyIds ?? [])]);
  const documentsOf = (ids: readonly string[]): NamedDocument[] =>
    ids.map((id) => managed.get(id)).filter((found) => found !== undefined);

  const [boundary] = documentsOf(bounding);
  // INVARIANT: what is missing between two reads takes permissions away and never gives any.
  const bounds = holder.boundary === undefined ? {} : { boundary: boundary ?? allowsNothing };
  const inline = holders.flatMap(({ kind, name, inlinePolicies }) =>
    inlinePolicies.map((policy) => ({
      document: policy.document,
      source: `inline policy ${policy.name} of ${kind}/${name}`,
    })),
  );
  const inSession = session?.documents.map((document) => ({ document, source: 'policy of the session' }));
  return {
    identity: eachTextOnce([...inline, ...documentsOf(attached)]),
    ...bounds,
    ...(inSession !== undefined && { session: [...inSession, ...documentsOf(session?.policyIds ?? [])] }),
  };
}

/** The same documents as the decision takes them. */
export function policiesOf({ identity, boundary, session }: CallerDocuments): CallerPolicies {
  const text = ({ document }: NamedDocument): string => document;
  return {
    identity: identity.map(text),
    ...(boundary !== undefined && { boundary: text(boundary) }),
    ...(session !== undefined && { session: session.map(text) }),
  };
}

function eachTextOnce(documents: readonly NamedDocument[]): readonly NamedDocument[] {
  const seen = new Set<string>();
  return documents.filter(({ document }) => !seen.has(document) && seen.add(document));
}

const allowsNothing: NamedDocument = {
  document: '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}',
  source: 'a boundary that is gone',
};

async function readDocuments(
  principals: PrincipalRepository,
  ids: readonly string[],
): Promise<ReadonlyMap<string, NamedDocument>> {
  const found = await principals.findMany([...new Set(ids)]);
  const policies = found.filter((one): one is ManagedPolicy => one.kind === 'policy');
  return new Map(
    policies.map((policy) => [policy.id, { document: documentInForce(policy), source: principalArn(policy) }]),
  );
}
