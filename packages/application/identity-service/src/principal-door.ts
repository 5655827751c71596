import {
  type Principal,
  type PrincipalByKind,
  type PrincipalKind,
  type PrincipalRefusal,
  type PrincipalUses,
  entityAlreadyExists,
  isPrincipalName,
  limitExceeded,
  newPrincipalId,
  noSuchEntity,
  principalArn,
  principalQuotas,
} from '@keywarden/identity';
import { type AccountId, type Result, accept, parseAccountId, refuse } from '@keywarden/kernel';
import { type ConditionFacts, joined, noFacts, tagFacts } from './condition-facts';
import type { IdentityAnswer, IdentityCall } from './identity-call';
import type { IdentityParts } from './identity-parts';
import { type AccessDenied, validationError } from './identity-refusals';

const nameMembers = { user: 'UserName', group: 'GroupName', role: 'RoleName', policy: 'PolicyName' } as const;
const accountQuotas = {
  user: 'UsersPerAccount',
  group: 'GroupsPerAccount',
  role: 'RolesPerAccount',
  policy: 'PoliciesPerAccount',
} as const;

/** What to do with which principal under which permission. */
export interface Undertaking<K extends PrincipalKind> {
  readonly kind: K;
  readonly name: string;
  /** `iam:UpdateUser` */
  readonly action: string;
  readonly facts?: ConditionFacts;
}

/**
 * The one way to principals: a well-formed name, then permission on the principal's ARN, then whether it is there. Who may
 * not ask learns nothing of what exists.
 */
export class PrincipalDoor {
  constructor(readonly parts: IdentityParts) {}

  may(call: IdentityCall, action: string, resource: string, facts = noFacts): Result<void, AccessDenied> {
    return this.parts.authoriser.mayManage({ call, action, resource, facts });
  }

  async open<K extends PrincipalKind>(
    call: IdentityCall,
    { kind, name, action, facts = noFacts }: Undertaking<K>,
  ): IdentityAnswer<PrincipalByKind[K]> {
    if (!isPrincipalName(kind, name)) return refuse(validationError(nameMembers[kind]));
    const { account } = call.caller;
    const found = await this.parts.principals.find(account, kind, name);
    const arn = principalArn(found ?? { kind, account, path: '/', name });
    const allowed = this.may(call, action, arn, joined(facts, found === undefined ? noFacts : resourceFacts(found)));
    if (!allowed.ok) return allowed;
    return found === undefined ? refuse(noSuchEntity(kind, name)) : accept(found);
  }

  /** @param decide is not asked about another principal of the same name that came in between */
  async change<K extends PrincipalKind>(
    call: IdentityCall,
    undertaking: Undertaking<K>,
    decide: (principal: PrincipalByKind[K]) => Result<PrincipalByKind[K], PrincipalRefusal>,
  ): IdentityAnswer<PrincipalByKind[K]> {
    const opened = await this.open(call, undertaking);
    if (!opened.ok) return opened;
    const { kind, name } = undertaking;
    const { account, id }: Principal = opened.value;
    const updated = await this.parts.principals.update(account, kind, name, (current) =>
      current.id === id ? decide(current) : refuse(noSuchEntity(kind, name)),
    );
    if (updated.ok) return updated;
    const { refusal } = updated;
    if (refusal.code === 'NameTaken') return refuse(entityAlreadyExists(kind, name));
    // What it was to point at, which was there a moment ago, is gone; the caller sees it missing when trying again.
    if (refusal.code === 'LinkTargetMissing') return refuse(noSuchEntity('policy', name));
    return refusal.code === 'PrincipalNotFound' ? refuse(noSuchEntity(kind, name)) : refuse(refusal);
  }

  async remove<K extends PrincipalKind>(
    call: IdentityCall,
    undertaking: Undertaking<K>,
    decide: (principal: PrincipalByKind[K], uses: PrincipalUses) => Result<void, PrincipalRefusal>,
  ): IdentityAnswer<void> {
    const opened = await this.open(call, undertaking);
    if (!opened.ok) return opened;
    const { kind, name } = undertaking;
    const { account, id }: Principal = opened.value;
    const removed = await this.parts.principals.remove(account, kind, name, (current, uses) =>
      current.id === id ? decide(current, uses) : refuse(noSuchEntity(kind, name)),
    );
    if (removed.ok) return accept(undefined);
    const { refusal } = removed;
    return refusal.code === 'PrincipalNotFound' ? refuse(noSuchEntity(kind, name)) : refuse(refusal);
  }

  /** Gives the principal its id and stores it. */
  async create<P extends Principal>(make: (id: string) => P): IdentityAnswer<P> {
    const principal = make('');
    const { kind, name } = principal;
    const stored = make(newPrincipalId(kind, this.parts.randomness));
    const quota = accountQuotas[kind];
    const inserted = await this.parts.principals.insert(stored, principalQuotas[quota]);
    if (inserted.ok) return accept(stored);
    if (inserted.refusal.code === 'NameTaken') return refuse(entityAlreadyExists(kind, name));
    if (inserted.refusal.code === 'QuotaReached') return refuse(limitExceeded(quota));
    return refuse(noSuchEntity('policy', name));
  }

  /** ARNs of principals by unique id, as far as they are there. */
  async arnsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = await this.parts.principals.findMany(ids);
    return new Map(found.map((principal) => [principal.id, principalArn(principal)]));
  }
}

/** Conditions may look at the tags of what is managed. */
export function resourceFacts(principal: Principal): ConditionFacts {
  if (principal.kind === 'group') return noFacts;
  return joined(tagFacts('aws:ResourceTag/', principal.tags), tagFacts('iam:ResourceTag/', principal.tags));
}

/** What an ARN of IAM names, within `account`; undefined for anything else. */
export function namedByArn(
  arn: string,
  kind: 'policy' | 'role',
): { readonly account: AccountId; readonly path: string; readonly name: string } | undefined {
  const [, owner, path, name] = /^arn:aws:iam::([0-9]{12}):(?:policy|role)(\/(?:.*\/)?)([^/]+)$/s.exec(arn) ?? [];
  const account = parseAccountId(owner ?? '');
  if (account === undefined || path === undefined || name === undefined) return undefined;
  const named = { account, path, name };
  return principalArn({ kind, ...named }) === arn && isPrincipalName(kind, name) ? named : undefined;
}
