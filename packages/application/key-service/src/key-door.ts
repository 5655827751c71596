import type { NotedKey } from '@keywarden/audit';
import type {
  AccessDenied,
  Authoriser,
  AuthorisedUse,
  EvidenceNeeded,
  KmsAction,
  RequestFacts,
  UseRequest,
} from '@keywarden/authorization';
import {
  type AccountId,
  type KeyId,
  type KeyReference,
  type Result,
  type Soon,
  accept,
  aliasArn,
  isPending,
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

type AliasReference = Extract<KeyReference, { kind: 'alias' }>;

/** A key that was found, with the name the caller used for it. */
interface FoundKey {
  readonly key: KmsKey;
  readonly requestAlias: string | undefined;
}

const noFacts: RequestFacts = {};
const noTokens = accept(undefined);
const noGrantTokens: readonly string[] = [];
const kindsOfEvidence = 3;
const quotaSpent = refuse({ code: 'RequestQuotaSpent' } as const);

/** Spends of the quota of the key's spec: not before it is known that the caller may use it. */
function admit<A extends KmsAction>(
  { admission }: RequestContext,
  key: KmsKey,
  noted: NotedKey,
  decided: Result<AuthorisedUse<A>, AccessDenied>,
): Soon<Result<AuthorisedUse<A>, AccessDenied | RequestQuotaSpent>> {
  if (!decided.ok) return decided;
  noted.grantId = decided.value.grant;
  const admitted = admission?.ofKey(key) ?? true;
  if (typeof admitted !== 'boolean') return admitted.then((later) => (later ? decided : quotaSpent));
  return admitted ? decided : quotaSpent;
}

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
    const finding = this.#find(context, request);
    const found = isPending(finding) ? await finding : finding;
    if (!found.ok) return found;
    const { key, requestAlias } = found.value;
    const { action, grantTokens } = request;
    const known = factsAbout(key, request.facts);
    const facts = requestAlias === undefined ? known : { ...known, requestAlias };
    const deciding = this.authorise(context, key, { action, facts, grantTokens, alias: requestAlias });
    const use = isPending(deciding) ? await deciding : deciding;
    const stranger = key.account !== context.caller.account;
    const resource = (): string => requestAlias ?? arnOf(key);
    if (!use.ok) {
      return stranger && use.refusal.code === 'AccessDenied' ? refuse({ ...use.refusal, resource: resource() }) : use;
    }
    // A key that is gone is none, whatever it was.
    const there = stateAt(key, context.now) !== undefined;
    const suited = there ? request.suits?.(key) : undefined;
    if (suited?.ok === false) return suited;
    const allowed = allowedInState(request.operation, key, context.now);
    if (allowed.ok) return use;
    // To another account a key that is gone already is one that never was.
    const hidden = stranger && allowed.refusal.code === 'KeyNotFound';
    return hidden ? refuse(denied(context, request.action, resource())) : allowed;
  }

  /**
   * The decision alone, for a key that was found by other means than a name the caller gave. Who may use the key spends
   * a request of the quota for keys of its spec. At once unless grants or quotas must be asked for elsewhere.
   *
   * @param request alias: the one that named the key, for the record
   */
  authorise<A extends KmsAction>(
    context: RequestContext,
    key: KmsKey,
    request: Pick<KeyRequest<A>, 'action' | 'facts' | 'grantTokens'> & { readonly alias?: string | undefined },
  ): Soon<Result<AuthorisedUse<A>, AccessDenied | RequestQuotaSpent>> {
    const { action, facts, grantTokens, alias } = request;
    const noted = context.notes.key(key, alias);
    const asking: UseRequest<A> = {
      caller: context.caller,
      action,
      key,
      origin: context,
      facts: factsAbout(key, facts),
      grantTokens: grantTokens ?? noGrantTokens,
    };
    const deciding = this.#decide(asking);
    return isPending(deciding)
      ? deciding.then((decided) => admit(context, key, noted, decided))
      : admit(context, key, noted, deciding);
  }

  /** Most decisions need nothing but what the request brings along. */
  #decide<A extends KmsAction>(asking: UseRequest<A>): Soon<Result<AuthorisedUse<A>, AccessDenied>> {
    const decided = this.authoriser.mayUse(asking);
    if (decided.ok) return decided;
    const { refusal } = decided;
    if (refusal.code === 'AccessDenied') return refuse(refusal);
    return this.evidence === undefined ? refuse(refusal.otherwise) : this.#gather(this.evidence, refusal, asking);
  }

  /** Each kind of evidence is asked for once: who asks again did not get it. */
  async #gather<A extends KmsAction>(
    sources: UseEvidence,
    needed: EvidenceNeeded,
    request: UseRequest<A>,
  ): Promise<Result<AuthorisedUse<A>, AccessDenied>> {
    let asking = request;
    let { evidence, otherwise } = needed;
    for (let asked = 0; asked < kindsOfEvidence; asked += 1) {
      const gathered = await sources.gather(evidence, asking);
      if (gathered[evidence] === undefined) return refuse(otherwise);
      asking = { ...asking, [evidence]: gathered[evidence] };
      const decided = this.authoriser.mayUse(asking);
      if (decided.ok) return decided;
      if (decided.refusal.code === 'AccessDenied') return refuse(decided.refusal);
      ({ evidence, otherwise } = decided.refusal);
    }
    return refuse(otherwise);
  }

  #checkTokens(tokens: readonly string[] | undefined): Result<void, KeyDoorRefusal> {
    if (tokens === undefined) return noTokens;
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

  /** At once when the node has the key that an id or ARN names. */
  #find<A extends KmsAction>(
    context: RequestContext,
    { given, aliases, action }: Pick<KeyRequest<A>, 'given' | 'aliases' | 'action'>,
  ): Soon<Result<FoundKey, KeyDoorRefusal>> {
    const { region } = context;
    if (aliases === 'refused' && looksLikeAlias(given)) return refuse({ code: 'AliasNotSupported' });
    const parsed = parseKeyReference(given, { account: context.caller.account, region });
    if (!parsed.ok) return parsed;
    const reference = parsed.value;

    const found = (key: KmsKey | undefined): Result<FoundKey, KeyDoorRefusal> =>
      key === undefined || key.account !== reference.account
        ? refuse(this.#unknown(context, reference, action))
        : accept({ key, requestAlias: reference.kind === 'alias' ? given : undefined });
    if (reference.kind === 'alias') return this.#findByAlias(context, reference).then(found);
    const finding = this.directory.findKey({ region, id: reference.keyId });
    return isPending(finding) ? finding.then(found) : found(finding);
  }

  async #findByAlias(context: RequestContext, alias: AliasReference): Promise<KmsKey | undefined> {
    const id = await this.#targetOf(context, alias);
    return id === undefined ? undefined : this.directory.findKey({ region: context.region, id });
  }

  /** The key of an AWS service is made when its own account first names it. */
  async #targetOf(
    { region, caller, now }: RequestContext,
    { account, alias }: AliasReference,
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
