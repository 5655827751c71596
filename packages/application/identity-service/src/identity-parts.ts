import type { SecretWrapping } from '@keywarden/crypto';
import type { AccessKeyRepository, IdentityRepository, PrincipalRepository } from '@keywarden/identity';
import type { Randomness, Region } from '@keywarden/kernel';
import type { ManagementAuthoriser } from './management-authoriser';
import type { WebIdentities } from './web-identity';

/** What the operations on principals are made of. */
export interface IdentityParts {
  readonly identities: IdentityRepository;
  readonly principals: PrincipalRepository;
  readonly accessKeys: AccessKeyRepository;
  readonly secrets: SecretWrapping;
  readonly randomness: Randomness;
  readonly authoriser: ManagementAuthoriser;
  /** Under whose domain keys secrets and session tokens are wrapped; the same on all nodes. */
  readonly homeRegion: Region;
  /** Without it there are no web identities. */
  readonly webIdentities?: WebIdentities;
}
