import type { Caller, CallerPolicies } from '@keywarden/identity';
import type { KmsKey } from '@keywarden/keys';
import { type CompiledPolicy, type Caller as Principal, callerFromArn } from '@keywarden/policy';
import { CompiledTexts } from './compiled-texts';

/** The policies that speak of a caller. The root user of an account needs none: everything there is its own. */
export interface CompiledPolicies {
  /** Of the user or role and of the groups it is in; one of them must allow. */
  readonly identity: readonly CompiledPolicy[];
  /** What identity policies can allow at most. */
  readonly boundary?: CompiledPolicy;
  /** What the session can do at most: one of them must allow. */
  readonly session?: readonly CompiledPolicy[];
}

const noPolicies: CompiledPolicies = { identity: [] };

/** Key policies and policies of callers, compiled; as long as a key or a caller is held, its policies are not read again. */
export class PoliciesInForce {
  readonly #keyTexts = new CompiledTexts('resource');
  readonly #callerTexts = new CompiledTexts('identity');
  readonly #ofKey = new WeakMap<KmsKey, { readonly policy: CompiledPolicy | undefined }>();
  readonly #ofCaller = new WeakMap<CallerPolicies, { readonly policies: CompiledPolicies | undefined }>();
  readonly #principals = new WeakMap<Caller, Principal>();

  /** @returns undefined when what is stored is no policy: then nothing may be allowed */
  keyPolicy(key: KmsKey): CompiledPolicy | undefined {
    let held = this.#ofKey.get(key);
    if (held === undefined) {
      held = { policy: this.#keyTexts.of(key.policy) };
      this.#ofKey.set(key, held);
    }
    return held.policy;
  }

  /** @returns undefined when one of them is no policy: then nothing may be allowed */
  callerPolicies({ policies }: Caller): CompiledPolicies | undefined {
    if (policies === undefined) return noPolicies;
    let held = this.#ofCaller.get(policies);
    if (held === undefined) {
      held = { policies: this.#compile(policies) };
      this.#ofCaller.set(policies, held);
    }
    return held.policies;
  }

  /**
   * The names by which policies and grants mean a caller.
   *
   * @throws TypeError when its ARN is none of a caller
   */
  principal(caller: Caller): Principal {
    let principal = this.#principals.get(caller);
    if (principal === undefined) {
      principal = callerFromArn(caller.arn, caller.roleArn);
      this.#principals.set(caller, principal);
    }
    return principal;
  }

  #compile(texts: CallerPolicies): CompiledPolicies | undefined {
    const identity = this.#compileAll(texts.identity);
    const boundary = texts.boundary === undefined ? undefined : this.#callerTexts.of(texts.boundary);
    const session = texts.session === undefined ? undefined : this.#compileAll(texts.session);
    const complete =
      identity !== undefined &&
      (boundary !== undefined || texts.boundary === undefined) &&
      (session !== undefined || texts.session === undefined);
    if (!complete) return undefined;
    return { identity, ...(boundary !== undefined && { boundary }), ...(session !== undefined && { session }) };
  }

  #compileAll(texts: readonly string[]): readonly CompiledPolicy[] | undefined {
    const compiled = texts.map((text) => this.#callerTexts.of(text));
    const readable = compiled.filter((policy) => policy !== undefined);
    return readable.length === texts.length ? readable : undefined;
  }
}
