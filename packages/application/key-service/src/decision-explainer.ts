import {
  type KmsAction,
  PoliciesInForce,
  type RequestFacts,
  type RequestOrigin,
  type UseExplanation,
  type UseRequest,
  explainUse,
} from '@keywarden/authorization';
import type { GrantRepository, GrantTokens } from '@keywarden/grants';
import type { Caller } from '@keywarden/identity';
import {
  type KeyReferenceRefusal,
  type Result,
  accept,
  aliasArn,
  keyArn,
  parseKeyReference,
  refuse,
} from '@keywarden/kernel';
import {
  type AliasRepository,
  type KeyNotFound,
  type KeyOperation,
  type KeyRepository,
  type KeyStateRefusal,
  type KmsKey,
  allowedInState,
  operationStates,
} from '@keywarden/keys';
import { StoredEvidence } from './use-evidence';

/** A request somebody might make. */
export interface SupposedRequest {
  readonly caller: Caller;
  readonly action: KmsAction;
  /** In any of the four forms, as the caller would give it. */
  readonly keyId: string;
  readonly origin: RequestOrigin;
  readonly facts: RequestFacts;
  readonly grantTokens: readonly string[];
}

export interface ExplainedDecision {
  readonly key: KmsKey;
  readonly explanation: UseExplanation;
  /** What the state of the key makes of a use that is allowed. */
  readonly state: Result<unknown, KeyStateRefusal | KeyNotFound>;
  /** Of the grant tokens given, those that name no grant on this key. */
  readonly uselessTokens: number;
}

/** The request names no key. */
export type NoSuchKey =
  KeyReferenceRefusal | KeyNotFound | { readonly code: 'AliasNotFound'; readonly aliasArn: string };

export interface DecisionSources {
  readonly keys: KeyRepository;
  readonly aliases: AliasRepository;
  readonly grants: GrantRepository;
  readonly tokens: GrantTokens;
}

/** ReEncrypt asks for two permissions, one with each key. */
const reEncryption = { 'kms:ReEncryptFrom': 'ReEncrypt', 'kms:ReEncryptTo': 'ReEncrypt' } as const;

/** The actions that are about one key, as policies spell them, with their operations. */
export const keyActions: ReadonlyMap<KmsAction, KeyOperation> = new Map<KmsAction, KeyOperation>([
  ...(Object.keys(operationStates) as KeyOperation[])
    .filter((operation) => operation !== 'ReEncrypt')
    .map((operation) => [`kms:${operation}`, operation] as const),
  ...(Object.entries(reEncryption) as [KmsAction, KeyOperation][]),
]);

/**
 * Says for operators how the decision about a request would come out and why. It decides by the code that decides about
 * requests, on what is stored now, and changes nothing.
 */
export class DecisionExplainer {
  readonly #policies = new PoliciesInForce();
  readonly #evidence: StoredEvidence;

  constructor(private readonly sources: DecisionSources) {
    const { grants, tokens, aliases } = sources;
    this.#evidence = new StoredEvidence(grants, tokens, aliases, 1);
  }

  async explain(supposed: SupposedRequest): Promise<Result<ExplainedDecision, NoSuchKey>> {
    const found = await this.#find(supposed);
    if (!found.ok) return found;
    const { key, requestAlias } = found.value;
    const { caller, action, origin, grantTokens } = supposed;
    const facts = { ...supposed.facts, ...(requestAlias !== undefined && { requestAlias }) };
    const request = await this.#withEvidence({ caller, action, key, origin, facts, grantTokens });
    const operation = keyActions.get(action);
    return accept({
      key,
      explanation: explainUse(request, this.#policies),
      state: operation === undefined ? accept(undefined) : allowedInState(operation, key, origin.now),
      uselessTokens: grantTokens.length - (request.grantsByToken ?? []).length,
    });
  }

  /** Gathers all of it, asked for or not, so that what did not help is shown too. */
  async #withEvidence(request: UseRequest<KmsAction>): Promise<UseRequest<KmsAction>> {
    let complete = request;
    for (const evidence of ['grants', 'grantsByToken', 'aliases'] as const) {
      complete = { ...complete, ...(await this.#evidence.gather(evidence, complete)) };
    }
    return complete;
  }

  async #find({
    keyId,
    caller,
    origin: { region },
  }: SupposedRequest): Promise<Result<{ readonly key: KmsKey; readonly requestAlias: string | undefined }, NoSuchKey>> {
    const parsed = parseKeyReference(keyId, { account: caller.account, region });
    if (!parsed.ok) return parsed;
    const reference = parsed.value;
    const tenancy = { account: reference.account, region };
    const id =
      reference.kind === 'key'
        ? reference.keyId
        : (await this.sources.aliases.find(tenancy, reference.alias))?.targetKeyId;
    const key = id && (await this.sources.keys.find({ region, id }));
    if (key?.account === reference.account) {
      return accept({ key, requestAlias: reference.kind === 'alias' ? keyId : undefined });
    }
    return reference.kind === 'key'
      ? refuse({ code: 'KeyNotFound', keyArn: keyArn(tenancy, reference.keyId) })
      : refuse({ code: 'AliasNotFound', aliasArn: aliasArn(tenancy, reference.alias) });
  }
}
