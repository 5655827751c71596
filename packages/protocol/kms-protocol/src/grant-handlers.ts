import type { Authoriser } from '@keywarden/authorization';
import type { GrantRepository, GrantTokens } from '@keywarden/grants';
import type { Randomness } from '@keywarden/kernel';
import {
  CreateGrantHandler,
  GrantEndingHandlers,
  GrantListHandlers,
  type KeyDirectory,
  type KeyDoor,
  type ResourceLimit,
} from '@keywarden/key-service';
import type { OperationHandlers } from './operations';

/** What the operations on grants need besides the door to keys. */
export interface GrantParts {
  readonly repository: GrantRepository;
  readonly tokens: GrantTokens;
}

/** CreateGrant, ListGrants, ListRetirableGrants, RetireGrant and RevokeGrant. */
export function grantHandlers(
  { repository, tokens }: GrantParts,
  door: KeyDoor,
  authoriser: Authoriser,
  directory: KeyDirectory,
  randomness: Randomness,
  perKey: ResourceLimit,
): OperationHandlers {
  const create = new CreateGrantHandler(door, repository, tokens, randomness, perKey);
  const lists = new GrantListHandlers(door, authoriser, repository);
  const endings = new GrantEndingHandlers(door, authoriser, repository, tokens, directory);
  return {
    CreateGrant: (context, command) => create.handle(context, command),
    ListGrants: (context, command) => lists.listGrants(context, command),
    ListRetirableGrants: (context, command) => lists.listRetirableGrants(context, command),
    RetireGrant: (context, command) => endings.retireGrant(context, command),
    RevokeGrant: (context, command) => endings.revokeGrant(context, command),
  };
}
