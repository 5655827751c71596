import {
  type PolicyHolder,
  deleteInlinePolicy,
  isInlinePolicyName,
  noSuchEntity,
  putInlinePolicy,
} from '@keywarden/identity';
import { accept, refuse } from '@keywarden/kernel';
import type { IdentityAnswer, IdentityCall } from './identity-call';
import { validationError } from './identity-refusals';
import { type PageEnd, type PageQuery, pageOf } from './list-marker';
import { checkIdentityPolicy } from './policy-texts';
import type { PrincipalDoor } from './principal-door';

export type HolderKind = PolicyHolder['kind'];

/** `CreateUser` has `User`. */
export const kindWords = { user: 'User', group: 'Group', role: 'Role' } as const;

interface OneInlinePolicy {
  /** Of the user, group or role. */
  readonly holder: string;
  readonly policyName: string;
}

/** Put, Get, Delete and List of inline policies, for users, groups and roles alike. */
export class InlinePolicies<K extends HolderKind> {
  constructor(
    private readonly door: PrincipalDoor,
    private readonly kind: K,
  ) {}

  async put(
    call: IdentityCall,
    { holder, policyName, policyDocument }: OneInlinePolicy & { policyDocument: string },
  ): IdentityAnswer<void> {
    if (!isInlinePolicyName(policyName)) return refuse(validationError('PolicyName'));
    const opened = await this.door.open(call, this.#undertaking('Put', 'Policy', holder));
    if (!opened.ok) return opened;
    const checked = checkIdentityPolicy(policyDocument);
    if (!checked.ok) return checked;
    const changed = await this.door.change<K>(call, this.#undertaking('Put', 'Policy', holder), (principal) =>
      putInlinePolicy(principal, policyName, policyDocument),
    );
    return changed.ok ? accept(undefined) : changed;
  }

  async get(
    call: IdentityCall,
    { holder, policyName }: OneInlinePolicy,
  ): IdentityAnswer<{ holder: string; policyName: string; policyDocument: string }> {
    const opened = await this.#open(call, 'Get', 'Policy', holder);
    if (!opened.ok) return opened;
    const found = opened.value.inlinePolicies.find(({ name }) => name === policyName);
    if (found === undefined) return refuse(noSuchEntity('inline-policy', policyName));
    return accept({ holder: opened.value.name, policyName, policyDocument: found.document });
  }

  async delete(call: IdentityCall, { holder, policyName }: OneInlinePolicy): IdentityAnswer<void> {
    const changed = await this.door.change<K>(call, this.#undertaking('Delete', 'Policy', holder), (principal) =>
      deleteInlinePolicy(principal, policyName),
    );
    return changed.ok ? accept(undefined) : changed;
  }

  async list(
    call: IdentityCall,
    { holder, ...query }: { holder: string } & PageQuery,
  ): IdentityAnswer<{ policyNames: readonly string[] } & PageEnd> {
    const opened = await this.#open(call, 'List', 'Policies', holder);
    if (!opened.ok) return opened;
    const names = opened.value.inlinePolicies.map(({ name }) => name);
    const page = pageOf(names, query, (name) => name);
    if (!page.ok) return page;
    const { items, ...end } = page.value;
    return accept({ policyNames: items, ...end });
  }

  async #open(call: IdentityCall, verb: string, noun: string, holder: string): IdentityAnswer<PolicyHolder> {
    return this.door.open(call, this.#undertaking(verb, noun, holder)) as IdentityAnswer<PolicyHolder>;
  }

  #undertaking(verb: string, noun: string, name: string): { kind: K; name: string; action: string } {
    return { kind: this.kind, name, action: `iam:${verb}${kindWords[this.kind]}${noun}` };
  }
}
