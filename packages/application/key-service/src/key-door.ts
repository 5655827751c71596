import type { Authoriser, AuthorisedUse, KmsAction, RequestFacts } from '@keywarden/authorization';
import {
  type AccountId,
  type KeyId,
  type KeyReference,
  type KeyReferenceRefusal,
  type Result,
  accept,
  aliasArn,
  keyArn,
  parseKeyReference,
  refuse,
} from '@keywarden/kernel';
import { type KeyOperation, type KmsKey, allowedInState, arnOf } from '@keywarden/keys';
import type { PredefinedAliases } from './aws-managed-keys';
import type { KeyDirectory } from './key-directory';
import type { KeyDoorRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface KeyRequest<A extends KmsAction> {
  /** What the caller put into KeyId. */
  readonly given: string;
  readonly operation: KeyOperation;
  readonly action: A;
  /** Only cryptographic operations, DescribeKey and GetPublicKey resolve aliases. */
  readonly aliases: 'resolved' | 'refused';
  readonly facts?: RequestFacts;
  readonly grantTokens?: readonly string[];
}

/** A key that was found, with the name the caller used for it. */
interface FoundKey {
  readonly key: KmsKey;
  readonly requestAlias: string | undefined;
}

const noFacts: RequestFacts = {};

/** The one door to a key: find it, decide whether the caller may, then whether its state allows it. */
export class KeyDoor {
  /** @param predefined makes the keys of AWS services; without it `alias/aws/…` names nothing */
  constructor(
    private readonly directory: KeyDirectory,
    private readonly authoriser: Authoriser,
    private readonly predefined?: PredefinedAliases,
  ) {}

  /** @returns proof that the caller may use the key, in a state that allows the operation at `context.now` */
  async open<A extends KmsAction>(
    context: RequestContext,
    request: KeyRequest<A>,
  ): Promise<Result<AuthorisedUse<A>, KeyDoorRefusal>> {
    const found = await this.#find(context, request);
    if (!found.ok) return found;
    const { key, requestAlias } = found.value;
    const facts = requestAlias === undefined ? request.facts : { ...request.facts, requestAlias };
    const use = this.authorise(context, key, { ...request, facts });
    if (!use.ok) {
      const stranger = key.account !== context.caller.account && requestAlias !== undefined;
      return stranger ? refuse({ ...use.refusal, resource: requestAlias }) : use;
    }
    const allowed = allowedInState(request.operation, key, context.now);
    return allowed.ok ? use : allowed;
  }

  /** The decision alone, for a key that was found by other means than a name the caller gave. */
  authorise<A extends KmsAction>(
    context: RequestContext,
    key: KmsKey,
    { action, facts, grantTokens }: Pick<KeyRequest<A>, 'action' | 'facts' | 'grantTokens'>,
  ): ReturnType<typeof this.authoriser.mayUse<A>> {
    return this.authoriser.mayUse({
      caller: context.caller,
      action,
      key,
      origin: context,
      facts: facts ?? noFacts,
      grantTokens: grantTokens ?? [],
    });
  }

  /** A key of the caller's own account, for operations that authorise on the account and only look at the key. */
  async findOwn(context: RequestContext, given: string): Promise<Result<KmsKey, KeyDoorRefusal>> {
    const found = await this.#find(context, { given, aliases: 'refused', action: 'kms:DescribeKey' });
    if (!found.ok) return found;
    const { key } = found.value;
    if (key.account === context.caller.account) return accept(key);
    return refuse(denied(context, 'kms:DescribeKey', arnOf(key)));
  }

  async #find<A extends KmsAction>(
    context: RequestContext,
    { given, aliases, action }: Pick<KeyRequest<A>, 'given' | 'aliases' | 'action'>,
  ): Promise<Result<FoundKey, KeyDoorRefusal>> {
    const { region } = context;
    const parsed = parseKeyReference(given, { account: context.caller.account, region });
    if (!parsed.ok) return parsed;
    const reference = parsed.value;
    if (reference.kind === 'alias' && aliases === 'refused') return notAKey(given);

    const id = reference.kind === 'key' ? reference.keyId : await this.#targetOf(context, reference);
    const key = id === undefined ? undefined : await this.directory.findKey({ region, id });
    if (key === undefined || key.account !== reference.account) {
      return refuse(this.#unknown(context, reference, action));
    }
    return accept({ key, requestAlias: reference.kind === 'alias' ? given : undefined });
  }

  /** The key of an AWS service is made when its own account first names it. */
  async #targetOf(
    { region, caller, now }: RequestContext,
    { account, alias }: Extract<KeyReference, { kind: 'alias' }>,
  ): Promise<KeyId | undefined> {
    const tenancy = { account, region };
    const found = await this.directory.findTarget(tenancy, alias);
    if (found !== undefined || account !== caller.account) return found;
    return this.predefined?.ensure(tenancy, alias, now);
  }

  /** Another account's key that does not exist is refused like one that does: the answer must not tell them apart. */
  #unknown(context: RequestContext, reference: KeyReference, action: KmsAction): KeyDoorRefusal {
    const tenancy: { account: AccountId; region: RequestContext['region'] } = {
      account: reference.account,
      region: context.region,
    };
    const own = reference.account === context.caller.account;
    if (reference.kind === 'alias') {
      const arn = aliasArn(tenancy, reference.alias);
      return own ? { code: 'AliasNotFound', aliasArn: arn } : denied(context, action, arn);
    }
    const arn = keyArn(tenancy, reference.keyId);
    return own ? { code: 'KeyNotFound', keyArn: arn } : denied(context, action, arn);
  }
}

function notAKey(given: string): Result<never, KeyReferenceRefusal> {
  return refuse({ code: 'KeyReferenceMalformed', given });
}

function denied(context: RequestContext, action: KmsAction, resource: string): KeyDoorRefusal {
  return { code: 'AccessDenied', callerArn: context.caller.arn, action, resource, reason: 'NoResourcePolicyAllows' };
}
