import type {
  AccessDenied,
  Authoriser,
  AuthorisedUse,
  KmsAction,
  RequestFacts,
  UseRequest,
} from '@keywarden/authorization';
import {
  type AccountId,
  type KeyId,
  type KeyReference,
  type Result,
  accept,
  aliasArn,
  keyArn,
  looksLikeAlias,
  parseKeyReference,
  refuse,
} from '@keywarden/kernel';
import { type KeyName, type KeyOperation, type KmsKey, allowedInState, arnOf, stateAt } from '@keywarden/keys';
import type { PredefinedAliases } from './aws-managed-keys';
import type { KeyDirectory } from './key-directory';
import type { KeyDoorRefusal, RequestQuotaSpent } from './refusals';
import type { RequestContext } from './request-context';
import type { UseEvidence } from './use-evidence';

/** @typeParam R why a key may be unsuited to the request */
export interface KeyRequest<A extends KmsAction, R = never> {
  /** What the caller put into KeyId. */
  readonly given: string;
  readonly operation: KeyOperation;
  readonly action: A;
  /** Only cryptographic operations, DescribeKey and GetPublicKey resolve aliases. */
  readonly aliases: 'resolved' | 'refused';
  readonly facts?: RequestFacts | ((key: KmsKey) => RequestFacts);
  readonly grantTokens?: readonly string[];
  /** What the key must be whatever its state, such as a key of some usage: asked once the caller is allowed. */
  readonly suits?: (key: KmsKey) => Result<unknown, R>;
}

/** A key that was found, with the name the caller used for it. */
interface FoundKey {
  readonly key: KmsKey;
  readonly requestAlias: string | undefined;
}

const noFacts: RequestFacts = {};
const kindsOfEvidence = 3;
const quotaSpent = refuse({ code: 'RequestQuotaSpent' } as const);

function factsAbout(key: KmsKey, facts: KeyRequest<KmsAction>['facts']): RequestFacts {
  return typeof facts === 'function' ? facts(key) : (facts ?? noFacts);
}

/**
 * The one door to a key: find it, decide whether the caller may, whether it is a key for this at all, then whether its
 * state allows it. AWS KMS refuses in this order too.
 */
export class KeyDoor {
  /**
   * @param predefined makes the keys of AWS services; without it `alias/aws/…` names nothing
   * @param evidence where grants and aliases are found; without it nobody is allowed anything by them
   */
  constructor(
    private readonly directory: KeyDirectory,
    private readonly authoriser: Authoriser,
    private readonly predefined?: PredefinedAliases,
    private readonly evidence?: UseEvidence,
  ) {}

  /** @returns proof that the caller may use the key, in a state that allows the operation at `context.now` */
  async open<A extends KmsAction, R = never>(
    context: RequestContext,
    request: KeyRequest<A, R>,
  ): Promise<Result<AuthorisedUse<A>, KeyDoorRefusal | R>> {
    const tokens = this.#checkTokens(request.grantTokens);
    if (!tokens.ok) return tokens;
    const found = await this.#find(context, request);
    if (!found.ok) return found;
    const { key, requestAlias } = found.value;
    const facts = { ...factsAbout(key, request.facts), ...(requestAlias !== undefined && { requestAlias }) };
    const use = await this.authorise(context, key, { ...request, facts, alias: requestAlias });
    const stranger = key.account !== context.caller.account;
    const resource = requestAlias ?? arnOf(key);
    if (!use.ok) {
      return stranger && use.refusal.code === 'AccessDenied' ? refuse({ ...use.refusal, resource }) : use;
    }
    // A key that is gone is none, whatever it was.
    const there = stateAt(key, context.now) !== undefined;
    const suited = there ? request.suits?.(key) : undefined;
    if (suited?.ok === false) return suited;
    const allowed = allowedInState(request.operation, key, context.now);
    if (allowed.ok) return use;
    // To another account a key that is gone already is one that never was.
    const hidden = stranger && allowed.refusal.code === 'KeyNotFound';
    return hidden ? refuse(denied(context, request.action, resource)) : allowed;
  }

  /**
   * The decision alone, for a key that was found by other means than a name the caller gave. Who may use the key spends
   * a request of the quota for keys of its spec.
   *
   * @param request alias: the one that named the key, for the record
   */
  async authorise<A extends KmsAction>(
    context: RequestContext,
    key: KmsKey,
    request: Pick<KeyRequest<A>, 'action' | 'facts' | 'grantTokens'> & { readonly alias?: string | undefined },
  ): Promise<Result<AuthorisedUse<A>, AccessDenied | RequestQuotaSpent>> {
    const { action, facts, grantTokens, alias } = request;
    const noted = context.notes.key(key, alias);
    let asking: UseRequest<A> = {
      caller: context.caller,
      action,
      key,
      origin: context,
      facts: factsAbout(key, facts),
      grantTokens: grantTokens ?? [],
    };
    // Each kind of evidence is asked for once: who asks again did not get it.
    for (let asked = 0; ; asked += 1) {
      const decided = this.authoriser.mayUse(asking);
      if (decided.ok) {
        noted.grantId = decided.value.grant;
        const admitted = context.admission?.ofKey(key) ?? true;
        return (typeof admitted === 'boolean' ? admitted : await admitted) ? decided : quotaSpent;
      }
      const { refusal } = decided;
      if (refusal.code === 'AccessDenied') return refuse(refusal);
      if (this.evidence === undefined || asked === kindsOfEvidence) return refuse(refusal.otherwise);
      const { evidence } = refusal;
      const gathered = await this.evidence.gather(evidence, asking);
      if (gathered[evidence] === undefined) return refuse(refusal.otherwise);
      asking = { ...asking, [evidence]: gathered[evidence] };
    }
  }

  #checkTokens(tokens: readonly string[] = []): Result<void, KeyDoorRefusal> {
    const malformed = tokens.some((token) => this.evidence?.isToken(token) === false);
    return malformed ? refuse({ code: 'GrantTokenNotValid' }) : accept(undefined);
  }

  /** Which key a name means, without any decision: only to be compared with another key. */
  async locate(context: RequestContext, given: string): Promise<KeyName | undefined> {
    const { region, caller } = context;
    const parsed = parseKeyReference(given, { account: caller.account, region });
    if (!parsed.ok) return undefined;
    const { value } = parsed;
    if (value.kind === 'key') return { region, id: value.keyId };
    const id = await this.directory.findTarget({ account: value.account, region }, value.alias);
    return id === undefined ? undefined : { region, id };
  }

  /** A key of the caller's own account, for operations that authorise on the account and only look at the key. */
  async findOwn(context: RequestContext, given: string): Promise<Result<KmsKey, KeyDoorRefusal>> {
    const found = await this.#find(context, { given, aliases: 'refused', action: 'kms:DescribeKey' });
    if (!found.ok) return found;
    const { key } = found.value;
    context.notes.key(key);
    if (key.account === context.caller.account) return accept(key);
    return refuse(denied(context, 'kms:DescribeKey', arnOf(key)));
  }

  async #find<A extends KmsAction>(
    context: RequestContext,
    { given, aliases, action }: Pick<KeyRequest<A>, 'given' | 'aliases' | 'action'>,
  ): Promise<Result<FoundKey, KeyDoorRefusal>> {
    const { region } = context;
    if (aliases === 'refused' && looksLikeAlias(given)) return refuse({ code: 'AliasNotSupported' });
    const parsed = parseKeyReference(given, { account: context.caller.account, region });
    if (!parsed.ok) return parsed;
    const reference = parsed.value;

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

function denied(context: RequestContext, action: KmsAction, resource: string): KeyDoorRefusal {
  return { code: 'AccessDenied', callerArn: context.caller.arn, action, resource, reason: 'NoResourcePolicyAllows' };
}
