import type { Grant } from '@keywarden/grants';
import type { KmsAction } from '../authorised-use';
import type { DenialReason, UseRequest } from '../authoriser';
import { GrantSelection } from '../grant-selection';
import { policyAuthoriser } from '../policy-authoriser';

const authoriser = policyAuthoriser();

/** The final answer when everything is known: these grants on the key, no aliases. */
export function decide(request: UseRequest<KmsAction>, grants: readonly Grant[] = []): 'Allow' | DenialReason {
  const decided = authoriser.mayUse({
    grants: new GrantSelection(grants),
    grantsByToken: [],
    aliases: [],
    ...request,
  });
  if (decided.ok) return 'Allow';
  if (decided.refusal.code === 'EvidenceNeeded') throw new Error(`asks for ${decided.refusal.evidence}`);
  return decided.refusal.reason;
}
