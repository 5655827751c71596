import {
  type ManagedPolicy,
  type PolicyHolder,
  attachPolicy,
  detachPolicy,
  isPathPrefix,
  noSuchEntity,
  principalArn,
} from '@keywarden/identity';
import { accept, refuse } from '@keywarden/kernel';
import { facts } from './condition-facts';
import type { IdentityAnswer, IdentityCall } from './identity-call';
import { validationError } from './identity-refusals';
import { type HolderKind, kindWords } from './inline-policy-operations';
import { type PageEnd, type PageQuery, pageOf } from './list-marker';
import { policyByArn } from './policy-by-arn';
import type { PrincipalDoor } from './principal-door';

interface Attachment {
  /** Of the user, group or role. */
  readonly holder: string;
  readonly policyArn: string;
}

export interface AttachedPolicy {
  readonly policyName: string;
  readonly policyArn: string;
}

/** Attach, Detach and ListAttached, for users, groups and roles alike. */
export class Attachments<K extends HolderKind> {
  constructor(
    private readonly door: PrincipalDoor,
    private readonly kind: K,
  ) {}

  async attach(call: IdentityCall, { holder, policyArn }: Attachment): IdentityAnswer<void> {
    const undertaking = this.#undertaking('Attach', 'Policy', holder, policyArn);
    const opened = await this.door.open(call, undertaking);
    if (!opened.ok) return opened;
    const policy = await policyByArn(this.door.parts, call.caller.account, policyArn);
    if (!policy.ok) return policy;
    const changed = await this.door.change<K>(call, undertaking, (principal) =>
      attachPolicy(principal, policy.value.id),
    );
    return changed.ok ? accept(undefined) : changed;
  }

  async detach(call: IdentityCall, { holder, policyArn }: Attachment): IdentityAnswer<void> {
    const undertaking = this.#undertaking('Detach', 'Policy', holder, policyArn);
    const opened = await this.door.open(call, undertaking);
    if (!opened.ok) return opened;
    const policy = await policyByArn(this.door.parts, call.caller.account, policyArn);
    if (!policy.ok) return policy;
    const changed = await this.door.change<K>(call, undertaking, (principal) =>
      detachPolicy(principal, policy.value.id, policyArn),
    );
    return changed.ok ? accept(undefined) : changed;
  }

  async list(
    call: IdentityCall,
    { holder, pathPrefix = '/', ...query }: { holder: string; pathPrefix?: string } & PageQuery,
  ): IdentityAnswer<{ attachedPolicies: readonly AttachedPolicy[] } & PageEnd> {
    if (!isPathPrefix(pathPrefix)) return refuse(validationError('PathPrefix'));
    const undertaking = this.#undertaking('ListAttached', 'Policies', holder);
    const opened = (await this.door.open(call, undertaking)) as Awaited<IdentityAnswer<PolicyHolder>>;
    if (!opened.ok) return opened;
    const found = await this.door.parts.principals.findMany(opened.value.attachedPolicies);
    const policies = found.filter((one): one is ManagedPolicy => one.kind === 'policy');
    const below = policies.filter(({ path }) => path.startsWith(pathPrefix));
    const page = pageOf(below, query, ({ id }) => id);
    if (!page.ok) return page;
    const { items, ...end } = page.value;
    const attachedPolicies = items.map((policy) => ({ policyName: policy.name, policyArn: principalArn(policy) }));
    return accept({ attachedPolicies, ...end });
  }

  #undertaking(verb: string, noun: string, name: string, policyArn?: string) {
    const action = `iam:${verb}${kindWords[this.kind]}${noun}`;
    return { kind: this.kind, name, action, facts: facts({ 'iam:PolicyARN': policyArn }) };
  }
}

/** PutUserPermissionsBoundary, DeleteUserPermissionsBoundary and the same for roles. */
export class Boundaries<K extends 'user' | 'role'> {
  constructor(
    private readonly door: PrincipalDoor,
    private readonly kind: K,
  ) {}

  async put(
    call: IdentityCall,
    { holder: name, permissionsBoundary }: { holder: string; permissionsBoundary: string },
  ): IdentityAnswer<void> {
    const action = `iam:Put${kindWords[this.kind]}PermissionsBoundary`;
    const asked = facts({ 'iam:PermissionsBoundary': permissionsBoundary });
    const opened = await this.door.open(call, { kind: this.kind, name, action, facts: asked });
    if (!opened.ok) return opened;
    const policy = await policyByArn(this.door.parts, call.caller.account, permissionsBoundary);
    if (!policy.ok) return policy;
    const undertaking = { kind: this.kind, name, action, facts: asked };
    const changed = await this.door.change<K>(call, undertaking, (principal) =>
      accept({ ...principal, boundary: policy.value.id }),
    );
    return changed.ok ? accept(undefined) : changed;
  }

  /** Conditions see the boundary that would go. */
  async delete(call: IdentityCall, { holder: name }: { holder: string }): IdentityAnswer<void> {
    const action = `iam:Delete${kindWords[this.kind]}PermissionsBoundary`;
    const present = await this.door.parts.principals.find(call.caller.account, this.kind, name);
    const id = present?.boundary;
    const arns = await this.door.arnsOf(id === undefined ? [] : [id]);
    const asked = facts({ 'iam:PermissionsBoundary': id === undefined ? undefined : arns.get(id) });
    const changed = await this.door.change<K>(call, { kind: this.kind, name, action, facts: asked }, (principal) => {
      const { boundary, ...unbounded } = principal;
      if (boundary === undefined || boundary !== id) return refuse(noSuchEntity('policy', name));
      return accept(unbounded as typeof principal);
    });
    return changed.ok ? accept(undefined) : changed;
  }
}
