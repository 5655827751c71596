import { type Authoriser, type RequestFacts, principalAt } from '@keywarden/authorization';
import {
  type Grant,
  type GrantEnding,
  type GrantId,
  type GrantRepository,
  type GrantTokens,
  retirementGround,
} from '@keywarden/grants';
import { type KeyArn, type Result, accept, keyArn, looksLikeAlias, parseKeyReference, refuse } from '@keywarden/kernel';
import { type KmsKey, allowedInState, arnOf } from '@keywarden/keys';
import { callerFromArn } from '@keywarden/policy';
import { readGrantId } from './grant-lists';
import type { GrantRefusal } from './grant-refusals';
import type { KeyDirectory } from './key-directory';
import type { KeyDoor } from './key-door';
import type { DryRunSucceeded, KeyDoorRefusal } from './refusals';
import type { RequestContext } from './request-context';
import { checkDryRun } from './usage';

export interface RetireGrant {
  readonly grantToken?: string;
  readonly keyId?: string;
  readonly grantId?: string;
  readonly dryRun?: boolean;
}

export interface RevokeGrant {
  readonly keyId: string;
  readonly grantId: string;
  readonly dryRun?: boolean;
}

type Refusals = KeyDoorRefusal | GrantRefusal | DryRunSucceeded;

/** The end of grants: RetireGrant by those the grant names, RevokeGrant by those the key policy allows. */
export class GrantEndingHandlers {
  constructor(
    private readonly door: KeyDoor,
    private readonly authoriser: Authoriser,
    private readonly grants: GrantRepository,
    private readonly tokens: GrantTokens,
    private readonly directory: KeyDirectory,
  ) {}

  async retireGrant(context: RequestContext, command: RetireGrant): Promise<Result<void, Refusals>> {
    const found = await this.#named(context, command);
    if (!found.ok) return found;
    const allowed = this.#mayRetire(context, found.value);
    if (!allowed.ok) return allowed;
    return this.#end(found.value, 'retired', command.dryRun);
  }

  async revokeGrant(context: RequestContext, command: RevokeGrant): Promise<Result<void, Refusals>> {
    const id = readGrantId(command.grantId);
    if (!id.ok) return id;
    const opened = await this.door.open(context, {
      given: command.keyId,
      operation: 'RevokeGrant',
      action: 'kms:RevokeGrant',
      aliases: 'refused',
      facts: { grantId: id.value },
    });
    if (!opened.ok) return opened;
    const { key } = opened.value;
    const grant = await this.grants.find(key, id.value);
    return grant === undefined ? notFound(arnOf(key), id.value) : this.#end(grant, 'revoked', command.dryRun);
  }

  /** Either the token, or key and grant id: anything else is not clear. */
  async #named(context: RequestContext, { grantToken, keyId, grantId }: RetireGrant): Promise<Result<Grant, Refusals>> {
    if (grantToken !== undefined && keyId === undefined && grantId === undefined) {
      return this.#byToken(context, grantToken);
    }
    if (grantToken === undefined && keyId !== undefined && grantId !== undefined) {
      return this.#byIds(context, keyId, grantId);
    }
    return refuse({ code: 'GrantToRetireUnclear' });
  }

  /** A token of a key that is gone, or of another Region, cannot be told from one that was never issued. */
  async #byToken(context: RequestContext, token: string): Promise<Result<Grant, Refusals>> {
    const claimed = this.tokens.claimed(token);
    const here = claimed?.key.region === context.region;
    const key = claimed !== undefined && here ? await this.directory.findKey(claimed.key) : undefined;
    const id = key === undefined ? undefined : await this.tokens.read(token, key);
    if (key === undefined || id === undefined) return refuse({ code: 'GrantTokenNotValid' });
    return this.#grantOn(context, key, id);
  }

  /** To other accounts a key without the grant and a key that does not exist are the same. */
  async #byIds(context: RequestContext, given: string, grantId: string): Promise<Result<Grant, Refusals>> {
    const id = readGrantId(grantId);
    if (!id.ok) return id;
    const { region, caller } = context;
    if (looksLikeAlias(given)) return refuse({ code: 'AliasNotSupported' });
    const parsed = parseKeyReference(given, { account: caller.account, region });
    if (!parsed.ok) return parsed;
    const reference = parsed.value;
    if (reference.kind === 'alias') return refuse({ code: 'AliasNotSupported' });
    const key = await this.directory.findKey({ region, id: reference.keyId });
    if (key?.account === reference.account) return this.#grantOn(context, key, id.value);
    const arn = keyArn({ account: reference.account, region }, reference.keyId);
    return reference.account === caller.account
      ? refuse({ code: 'KeyNotFound', keyArn: arn })
      : notFound(arn, id.value);
  }

  async #grantOn(context: RequestContext, key: KmsKey, id: GrantId): Promise<Result<Grant, Refusals>> {
    context.notes.key(key);
    context.notes.endedGrantId = id;
    const state = allowedInState('RetireGrant', key, context.now);
    if (!state.ok) return key.account === context.caller.account ? state : notFound(arnOf(key), id);
    const grant = await this.grants.find(key, id);
    return grant === undefined ? notFound(arnOf(key), id) : accept(grant);
  }

  /**
   * The grant decides, unless a policy of the caller denies it; only who belongs to an account that the grant names needs
   * a permission of that account as well.
   */
  #mayRetire(context: RequestContext, grant: Grant): Result<unknown, Refusals> {
    const { caller } = context;
    const action = 'kms:RetireGrant';
    const resource = arnOf(grant.key);
    const ground = retirementGround(
      grant,
      principalAt(grant.createdAt, caller, callerFromArn(caller.arn, caller.roleArn)),
    );
    if (ground !== undefined) {
      const facts = retirementFacts(grant);
      return this.authoriser.mayCall({
        caller,
        action,
        account: caller.account,
        resource,
        origin: context,
        facts,
        allowedByGrant: ground === 'principal',
      });
    }
    return refuse({ code: 'AccessDenied', callerArn: caller.arn, action, resource, reason: 'NoResourcePolicyAllows' });
  }

  async #end({ key, id }: Grant, ending: GrantEnding, dryRun: boolean | undefined): Promise<Result<void, Refusals>> {
    const dry = checkDryRun(dryRun);
    if (!dry.ok) return dry;
    const removed = await this.grants.remove(key, id, ending);
    return removed === undefined ? notFound(arnOf(key), id) : accept(undefined);
  }
}

function retirementFacts({ id, constraints }: Grant): RequestFacts {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = constraints;
  const type = equals !== undefined ? 'EncryptionContextEquals' : subset && 'EncryptionContextSubset';
  return { grantId: id, ...(type !== undefined && { grantConstraintType: type }) };
}

function notFound(arn: KeyArn, grantId: GrantId): Result<never, GrantRefusal> {
  return refuse({ code: 'GrantNotFound', keyArn: arn, grantId });
}
