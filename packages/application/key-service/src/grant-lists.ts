import type { Authoriser } from '@keywarden/authorization';
import {
  type GrantId,
  type GrantParty,
  type GrantRepository,
  accountOfParty,
  parseGrantId,
  partyName,
} from '@keywarden/grants';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { mayCall } from './account-call';
import { type GrantList, grantList, grantPageSize } from './grant-entry';
import { readParty } from './grant-parties';
import type { GrantRefusal } from './grant-refusals';
import type { KeyDoor } from './key-door';
import { cutPage, decodeMarker } from './marker';
import type { KeyDoorRefusal, ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';

interface OnePage {
  readonly limit?: number;
  readonly marker?: string;
}

export interface ListGrants extends OnePage {
  readonly keyId: string;
  readonly grantId?: string;
  readonly granteePrincipal?: string;
  readonly granteeServicePrincipal?: string;
}

export interface ListRetirableGrants extends OnePage {
  readonly retiringPrincipal?: string;
  readonly retiringServicePrincipal?: string;
}

type Refusals = KeyDoorRefusal | ParameterRefusal | GrantRefusal;
const granteeUnclear = { code: 'GranteeUnclear' } as const;
const retiringUnclear = { code: 'RetiringPartyUnclear' } as const;

/** Reads about grants: ListGrants and ListRetirableGrants. They go to the store each time. */
export class GrantListHandlers {
  constructor(
    private readonly door: KeyDoor,
    private readonly authoriser: Authoriser,
    private readonly grants: GrantRepository,
  ) {}

  async listGrants(context: RequestContext, command: ListGrants): Promise<Result<GrantList, Refusals>> {
    const grantId = command.grantId === undefined ? accept(undefined) : readGrantId(command.grantId);
    if (!grantId.ok) return grantId;
    const { granteePrincipal, granteeServicePrincipal } = command;
    const grantee = readParty(granteePrincipal, granteeServicePrincipal, context.region, granteeUnclear);
    if (!grantee.ok) return grantee;
    const opened = await this.door.open(context, {
      given: command.keyId,
      operation: 'ListGrants',
      action: 'kms:ListGrants',
      aliases: 'refused',
    });
    if (!opened.ok) return opened;
    const { key } = opened.value;

    const list = ['ListGrants', key.id, grantId.value ?? '', nameOf(grantee.value)];
    const after = lastGrant(list, command.marker);
    if (!after.ok) return after;
    const size = grantPageSize(command.limit);
    const filter = { grantId: grantId.value, grantee: grantee.value, after: after.value };
    const found = await this.grants.list(key, { ...filter, limit: size + 1 });
    return accept(grantList(cutPage(list, found, size, ({ id }) => id)));
  }

  /** The permission is asked on the retiring principal, which must be one of the caller's account. */
  async listRetirableGrants(
    context: RequestContext,
    command: ListRetirableGrants,
  ): Promise<Result<GrantList, Refusals>> {
    const { retiringPrincipal, retiringServicePrincipal } = command;
    const read = readParty(retiringPrincipal, retiringServicePrincipal, context.region, retiringUnclear);
    if (!read.ok) return read;
    const retiring = read.value;
    if (retiring === undefined) return refuse(retiringUnclear);
    const allowed = this.#mayList(context, retiring);
    if (!allowed.ok) return allowed;

    const list = ['ListRetirableGrants', nameOf(retiring)];
    const after = lastGrant(list, command.marker);
    if (!after.ok) return after;
    const size = grantPageSize(command.limit);
    // A service belongs to nobody: of its grants an account sees those on its own keys alone.
    const keysOf = retiring.kind === 'service' ? context.caller.account : undefined;
    const query = { retiring, keysOf, after: after.value, limit: size + 1 };
    const found = await this.grants.listRetirable(context.region, query);
    return accept(grantList(cutPage(list, found, size, ({ id }) => id)));
  }

  #mayList(context: RequestContext, retiring: GrantParty): Result<unknown, KeyDoorRefusal> {
    const action = 'kms:ListRetirableGrants';
    const resource = retiring.kind === 'principal' ? retiring.arn : '*';
    const account = accountOfParty(retiring);
    if (account !== undefined && account !== context.caller.account) {
      const reason = 'NoResourcePolicyAllows';
      return refuse({ code: 'AccessDenied', callerArn: context.caller.arn, action, resource, reason });
    }
    return mayCall(this.authoriser, context, action, resource);
  }
}

/** Every grant id is 64 hexadecimal digits; others name no grant that ever was. */
export function readGrantId(given: string): Result<GrantId, GrantRefusal> {
  const id = parseGrantId(given);
  return id === undefined ? refuse({ code: 'GrantIdNotValid', grantId: given }) : accept(id);
}

function nameOf(party: GrantParty | undefined): string {
  return party === undefined ? '' : partyName(party);
}

function lastGrant(list: readonly string[], marker: string | undefined): Result<GrantId | undefined, ParameterRefusal> {
  const last = decodeMarker(list, marker);
  if (!last.ok || last.value === undefined) return last.ok ? accept(undefined) : last;
  const id = parseGrantId(last.value);
  return id === undefined ? refuse({ code: 'MarkerNotValid' }) : accept(id);
}
