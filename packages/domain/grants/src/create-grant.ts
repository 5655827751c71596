import { type Instant, type Result, accept, refuse } from '@keywarden/kernel';
import { type CommandRefusal, type KmsKey, changeable } from '@keywarden/keys';
import type { Grant, GrantId, GrantTerms } from './grant';
import { atLeastAsStrict, checkConstraints } from './grant-constraints';
import { type GrantOperation, fitsKey, inModelOrder } from './grant-operations';
import type { GrantQuotaReached, GrantTermsRefusal } from './refusals';

/** What the decision must know of the grants the key has already. */
export interface GrantsOfKey {
  /** How many there are. */
  readonly count: number;
  /** The oldest one with the very terms asked for, when those have a name. */
  readonly same?: Grant;
}

export type CreateGrantRefusal = CommandRefusal | GrantTermsRefusal | GrantQuotaReached;

/**
 * Makes a grant, or finds the one that an earlier request with the same name and the same terms made. A name that was
 * used with other terms is no obstacle: AWS promises the old grant for identical requests only, so others get a new one.
 *
 * @param terms with operations in any order, repeated ones included
 * @param limit grants a key may have; a repetition is answered also at the limit
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html
 */
export function createGrant(
  key: KmsKey,
  terms: GrantTerms,
  existing: GrantsOfKey,
  id: GrantId,
  limit: number,
  now: Instant,
): Result<Grant, CreateGrantRefusal> {
  const allowed = changeable('CreateGrant', key, now);
  if (!allowed.ok) return allowed;
  const sound = checkTerms(key, terms);
  if (!sound.ok) return sound;
  if (existing.same !== undefined) return accept(existing.same);
  const { count: current } = existing;
  if (current >= limit) return refuse({ code: 'GrantQuotaReached', limit, current });
  const { account, region, id: keyId } = key;
  return accept({ ...sound.value, id, key: { account, region, id: keyId }, createdAt: now });
}

/** The terms with their operations in the order of the service model. */
export function checkTerms(
  key: Pick<KmsKey, 'spec' | 'usage'>,
  terms: GrantTerms,
): Result<GrantTerms, GrantTermsRefusal> {
  const operations = inModelOrder(terms.operations);
  if (operations.length === 0) return refuse({ code: 'GrantOperationsMissing' });
  if (operations.length === 1 && operations[0] === 'CreateGrant') return refuse({ code: 'GrantOnlyToCreateGrants' });
  const misfit = operations.find((operation) => !fitsKey(operation, key));
  if (misfit !== undefined) {
    return refuse({ code: 'GrantOperationNotOfKey', operation: misfit, spec: key.spec, usage: key.usage });
  }
  const constraints = checkConstraints(key, terms.constraints);
  if (!constraints.ok) return constraints;
  if (terms.grantee.kind === 'service') {
    if (terms.constraints.sourceArn === undefined) return refuse({ code: 'GrantSourceArnMissing' });
    if (terms.retiring === undefined) return refuse({ code: 'GrantRetiringPartyMissing' });
  }
  return accept({ ...terms, operations });
}

/**
 * May a grantee whose permission to create grants is `parent` make a grant with these terms? It may pass on what it may
 * do itself, under the same or stricter constraints, to anybody. CreateGrant is no exception: it can be passed on.
 */
export function mayDelegate(
  parent: Pick<GrantTerms, 'operations' | 'constraints'>,
  child: Pick<GrantTerms, 'operations' | 'constraints'>,
): boolean {
  const has = (operation: GrantOperation): boolean => parent.operations.includes(operation);
  return has('CreateGrant') && child.operations.every(has) && atLeastAsStrict(child.constraints, parent.constraints);
}
