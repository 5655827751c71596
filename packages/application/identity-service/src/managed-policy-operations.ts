import {
  type ManagedPolicy,
  type NoSuchEntity,
  type PrincipalRefusal,
  type PrincipalTag,
  addVersion,
  checkPrincipalTags,
  deleteVersion,
  findVersion,
  isDescription,
  isPath,
  isPathPrefix,
  isPrincipalName,
  limitExceeded,
  mayDelete,
  nameKey,
  noSuchEntity,
  policySize,
  principalArn,
  principalQuotas,
  setDefaultVersion,
} from '@keywarden/identity';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { requestTagFacts } from './condition-facts';
import type { IdentityAnswer, IdentityCall } from './identity-call';
import { validationError } from './identity-refusals';
import { type PageEnd, type PageQuery, endOfPage, pageOf, startOfPage } from './list-marker';
import { checkIdentityPolicy } from './policy-texts';
import { type PrincipalDoor, namedByArn } from './principal-door';
import { type WirePolicy, type WirePolicyVersion, wirePolicy, wireVersion } from './wire-principals';

export interface CreatePolicy {
  readonly policyName: string;
  readonly policyDocument: string;
  readonly path?: string;
  readonly description?: string;
  readonly tags?: readonly PrincipalTag[];
}

export interface OnePolicy {
  readonly policyArn: string;
}

export interface OneVersion extends OnePolicy {
  /** `v1` */
  readonly versionId: string;
}

export interface ListPolicies extends PageQuery {
  readonly pathPrefix?: string;
  /** `Local`: the account's own, the only ones there are. */
  readonly scope?: 'All' | 'AWS' | 'Local';
  readonly onlyAttached?: boolean;
  readonly policyUsageFilter?: 'PermissionsPolicy' | 'PermissionsBoundary';
}

const unused = { attachments: 0, boundaries: 0, members: 0, accessKeys: 0 };

/** CreatePolicy, GetPolicy, ListPolicies, DeletePolicy, and the versions of policies. */
export class ManagedPolicyOperations {
  readonly #door: PrincipalDoor;

  constructor(door: PrincipalDoor) {
    this.#door = door;
  }

  createPolicy = async (call: IdentityCall, command: CreatePolicy): IdentityAnswer<{ policy: WirePolicy }> => {
    const { policyName: name, policyDocument: document, path = '/', description, tags = [] } = command;
    if (!isPrincipalName('policy', name)) return refuse(validationError('PolicyName'));
    if (!isPath(path)) return refuse(validationError('Path'));
    if (description !== undefined && !isDescription(description)) return refuse(validationError('Description'));
    const { account } = call.caller;
    const arn = principalArn({ kind: 'policy', account, path, name });
    const allowed = this.#door.may(call, 'iam:CreatePolicy', arn, requestTagFacts(tags));
    if (!allowed.ok) return allowed;
    const checked = checkPrincipalTags(tags);
    if (!checked.ok) return checked;
    const readable = checkDocument(document);
    if (!readable.ok) return readable;
    const { now } = call;
    const created = await this.#door.create<ManagedPolicy>((id) => ({
      ...{ kind: 'policy', account, id, name, path, createdAt: now, updatedAt: now, tags },
      ...{ versions: [{ number: 1, document, createdAt: now }], defaultVersion: 1, lastVersion: 1 },
      ...(description !== undefined && { description }),
    }));
    return created.ok ? accept({ policy: detailed(created.value, wirePolicy(created.value, unused)) }) : created;
  };

  getPolicy = async (call: IdentityCall, { policyArn }: OnePolicy): IdentityAnswer<{ policy: WirePolicy }> => {
    const opened = await this.#open(call, policyArn, 'iam:GetPolicy');
    if (!opened.ok) return opened;
    const [uses = unused] = await this.#door.parts.principals.countUses([opened.value.id]);
    return accept({ policy: detailed(opened.value, wirePolicy(opened.value, uses)) });
  };

  listPolicies = async (
    call: IdentityCall,
    { pathPrefix = '/', scope = 'All', onlyAttached = false, policyUsageFilter, ...query }: ListPolicies,
  ): IdentityAnswer<{ policies: readonly WirePolicy[] } & PageEnd> => {
    if (!isPathPrefix(pathPrefix)) return refuse(validationError('PathPrefix'));
    const { account } = call.caller;
    const allowed = this.#door.may(call, 'iam:ListPolicies', `arn:aws:iam::${account}:policy${pathPrefix}`);
    if (!allowed.ok) return allowed;
    const start = startOfPage(query);
    if (!start.ok) return start;
    if (scope === 'AWS') return accept({ policies: [], isTruncated: false });
    const { after, size } = start.value;
    const { principals } = this.#door.parts;
    const found = await principals.list(account, 'policy', { pathPrefix, after, limit: size + 1 });
    const { items, ...end } = endOfPage(found, size, ({ name }) => nameKey(name));
    const uses = await principals.countUses(items.map(({ id }) => id));
    const listed = items.map((policy, index) => wirePolicy(policy, uses[index] ?? unused));
    // A page may hold fewer than asked for, or none, while more follow.
    const policies = listed.filter((policy) => {
      const asPermissions = policy.attachmentCount > 0;
      const asBoundary = policy.permissionsBoundaryUsageCount > 0;
      if (policyUsageFilter === 'PermissionsPolicy') return asPermissions;
      if (policyUsageFilter === 'PermissionsBoundary') return asBoundary;
      return !onlyAttached || asPermissions || asBoundary;
    });
    return accept({ policies, ...end });
  };

  deletePolicy = async (call: IdentityCall, { policyArn }: OnePolicy): IdentityAnswer<void> => {
    const opened = await this.#open(call, policyArn, 'iam:DeletePolicy');
    if (!opened.ok) return opened;
    const { name } = opened.value;
    return this.#door.remove(call, { kind: 'policy', name, action: 'iam:DeletePolicy' }, mayDelete);
  };

  createPolicyVersion = async (
    call: IdentityCall,
    { policyArn, policyDocument, setAsDefault = false }: OnePolicy & { policyDocument: string; setAsDefault?: boolean },
  ): IdentityAnswer<{ policyVersion: WirePolicyVersion }> => {
    const action = 'iam:CreatePolicyVersion';
    const opened = await this.#open(call, policyArn, action);
    if (!opened.ok) return opened;
    const readable = checkDocument(policyDocument);
    if (!readable.ok) return readable;
    const changed = await this.#change(call, opened.value, action, (policy) =>
      addVersion(policy, policyDocument, setAsDefault, call.now),
    );
    if (!changed.ok) return changed;
    const version = changed.value.versions.at(-1);
    if (version === undefined) throw new Error('a version that was added is not there');
    return accept({ policyVersion: wireVersion(changed.value, version) });
  };

  getPolicyVersion = async (
    call: IdentityCall,
    { policyArn, versionId }: OneVersion,
  ): IdentityAnswer<{ policyVersion: WirePolicyVersion }> => {
    const opened = await this.#open(call, policyArn, 'iam:GetPolicyVersion');
    if (!opened.ok) return opened;
    const version = findVersion(opened.value, versionId);
    if (version === undefined) return refuse(noSuchEntity('policy-version', versionId));
    return accept({ policyVersion: { document: version.document, ...wireVersion(opened.value, version) } });
  };

  listPolicyVersions = async (
    call: IdentityCall,
    { policyArn, ...query }: OnePolicy & PageQuery,
  ): IdentityAnswer<{ versions: readonly WirePolicyVersion[] } & PageEnd> => {
    const opened = await this.#open(call, policyArn, 'iam:ListPolicyVersions');
    if (!opened.ok) return opened;
    const newestFirst = opened.value.versions.map((version) => wireVersion(opened.value, version)).reverse();
    const page = pageOf(newestFirst, query, ({ versionId }) => versionId);
    if (!page.ok) return page;
    const { items, ...end } = page.value;
    return accept({ versions: items, ...end });
  };

  setDefaultPolicyVersion = async (call: IdentityCall, { policyArn, versionId }: OneVersion): IdentityAnswer<void> => {
    const action = 'iam:SetDefaultPolicyVersion';
    const opened = await this.#open(call, policyArn, action);
    if (!opened.ok) return opened;
    const changed = await this.#change(call, opened.value, action, (policy) =>
      setDefaultVersion(policy, versionId, call.now),
    );
    return changed.ok ? accept(undefined) : changed;
  };

  deletePolicyVersion = async (call: IdentityCall, { policyArn, versionId }: OneVersion): IdentityAnswer<void> => {
    const action = 'iam:DeletePolicyVersion';
    const opened = await this.#open(call, policyArn, action);
    if (!opened.ok) return opened;
    const changed = await this.#change(call, opened.value, action, (policy) =>
      deleteVersion(policy, versionId, call.now),
    );
    return changed.ok ? accept(undefined) : changed;
  };

  /** Everybody that has the policy: as permissions and as boundary. */
  listEntitiesForPolicy = async (
    call: IdentityCall,
    { policyArn, ...query }: OnePolicy & PageQuery,
  ): IdentityAnswer<EntitiesForPolicy> => {
    const opened = await this.#open(call, policyArn, 'iam:ListEntitiesForPolicy');
    if (!opened.ok) return opened;
    const start = startOfPage(query);
    if (!start.ok) return start;
    const { after, size } = start.value;
    const asked = { after, limit: size + 1 };
    const { principals } = this.#door.parts;
    const attached = await principals.listReferring(opened.value, 'attached', asked);
    const bounded = await principals.listReferring(opened.value, 'boundary', asked);
    const byId = new Map([...attached, ...bounded].map((one) => [one.id, one]));
    const sorted = [...byId.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
    const { items, ...end } = endOfPage(sorted.slice(0, size + 1), size, ({ id }) => id);
    return accept({
      policyUsers: items.filter(({ kind }) => kind === 'user').map(({ name, id }) => ({ userName: name, userId: id })),
      policyGroups: items
        .filter(({ kind }) => kind === 'group')
        .map(({ name, id }) => ({ groupName: name, groupId: id })),
      policyRoles: items.filter(({ kind }) => kind === 'role').map(({ name, id }) => ({ roleName: name, roleId: id })),
      ...end,
    });
  };

  async #open(call: IdentityCall, arn: string, action: string): IdentityAnswer<ManagedPolicy> {
    const named = namedByArn(arn, 'policy');
    if (named === undefined || named.account !== call.caller.account) {
      const allowed = this.#door.may(call, action, arn);
      return allowed.ok ? refuse(missing(arn)) : allowed;
    }
    const opened = await this.#door.open(call, { kind: 'policy', name: named.name, action });
    if (!opened.ok) {
      return opened.refusal.code === 'NoSuchEntity' ? refuse(missing(arn)) : opened;
    }
    return principalArn(opened.value) === arn ? opened : refuse(missing(arn));
  }

  #change(
    call: IdentityCall,
    { name }: ManagedPolicy,
    action: string,
    decide: (policy: ManagedPolicy) => Result<ManagedPolicy, PrincipalRefusal>,
  ): IdentityAnswer<ManagedPolicy> {
    return this.#door.change(call, { kind: 'policy', name, action }, decide);
  }
}

export interface EntitiesForPolicy extends PageEnd {
  readonly policyUsers: readonly { readonly userName: string; readonly userId: string }[];
  readonly policyGroups: readonly { readonly groupName: string; readonly groupId: string }[];
  readonly policyRoles: readonly { readonly roleName: string; readonly roleId: string }[];
}

function missing(arn: string): NoSuchEntity {
  return noSuchEntity('policy', arn);
}

function detailed({ tags }: ManagedPolicy, wire: WirePolicy): WirePolicy {
  return tags.length > 0 ? { ...wire, tags } : wire;
}

function checkDocument(document: string) {
  const readable = checkIdentityPolicy(document);
  if (!readable.ok) return readable;
  return policySize(document) > principalQuotas.PolicySize ? refuse(limitExceeded('PolicySize')) : readable;
}
