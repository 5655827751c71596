import {
  type PrincipalTag,
  type Role,
  checkPrincipalTags,
  isDescription,
  isPath,
  isPathPrefix,
  isPrincipalName,
  limitExceeded,
  mayDelete,
  nameKey,
  policySize,
  principalArn,
  principalQuotas,
} from '@keywarden/identity';
import { accept, refuse } from '@keywarden/kernel';
import { facts, joined, requestTagFacts } from './condition-facts';
import type { IdentityAnswer, IdentityCall } from './identity-call';
import { validationError } from './identity-refusals';
import { type PageEnd, endOfPage, startOfPage } from './list-marker';
import { boundaryOf } from './policy-by-arn';
import { readTrustPolicy } from './policy-texts';
import type { PrincipalDoor } from './principal-door';
import type { ListByPath } from './user-operations';
import { type WireRole, wireDetails, wireRole } from './wire-principals';

export interface CreateRole {
  readonly roleName: string;
  readonly assumeRolePolicyDocument: string;
  readonly path?: string;
  readonly description?: string;
  /** Seconds, 3,600 to 43,200. */
  readonly maxSessionDuration?: number;
  readonly permissionsBoundary?: string;
  readonly tags?: readonly PrincipalTag[];
}

export interface UpdateRole {
  readonly roleName: string;
  readonly description?: string;
  readonly maxSessionDuration?: number;
}

export interface OneRole {
  readonly roleName: string;
}

/** CreateRole, GetRole, ListRoles, UpdateRole, UpdateAssumeRolePolicy, DeleteRole. */
export class RoleOperations {
  readonly #door: PrincipalDoor;

  constructor(door: PrincipalDoor) {
    this.#door = door;
  }

  createRole = async (call: IdentityCall, command: CreateRole): IdentityAnswer<{ role: WireRole }> => {
    const { roleName: name, assumeRolePolicyDocument: assumeRolePolicy, path = '/', description, tags = [] } = command;
    const maxSessionSeconds = command.maxSessionDuration ?? 3_600;
    if (!isPrincipalName('role', name)) return refuse(validationError('RoleName'));
    if (!isPath(path)) return refuse(validationError('Path'));
    const invalid = invalidMember({ description, maxSessionDuration: maxSessionSeconds });
    if (invalid !== undefined) return refuse(validationError(invalid));
    const { account } = call.caller;
    const asked = joined(requestTagFacts(tags), facts({ 'iam:PermissionsBoundary': command.permissionsBoundary }));
    const arn = principalArn({ kind: 'role', account, path, name });
    const allowed = this.#door.may(call, 'iam:CreateRole', arn, asked);
    if (!allowed.ok) return allowed;
    const checked = checkPrincipalTags(tags);
    if (!checked.ok) return checked;
    const trusted = await this.#trusted(assumeRolePolicy);
    if (!trusted.ok) return trusted;
    const boundary = await boundaryOf(this.#door.parts, account, command.permissionsBoundary);
    if (!boundary.ok) return boundary;
    const empty = { inlinePolicies: [], attachedPolicies: [] };
    const created = await this.#door.create<Role>((id) => ({
      ...{ kind: 'role', account, id, name, path, createdAt: call.now, tags, ...empty },
      ...{ maxSessionSeconds, assumeRolePolicy, trusted: trusted.value },
      ...(description !== undefined && { description }),
      ...boundary.value,
    }));
    return created.ok ? accept({ role: await this.#detailed(created.value) }) : created;
  };

  getRole = async (call: IdentityCall, { roleName: name }: OneRole): IdentityAnswer<{ role: WireRole }> => {
    const opened = await this.#door.open(call, { kind: 'role', name, action: 'iam:GetRole' });
    return opened.ok ? accept({ role: await this.#detailed(opened.value) }) : opened;
  };

  listRoles = async (
    call: IdentityCall,
    { pathPrefix = '/', ...query }: ListByPath,
  ): IdentityAnswer<{ roles: readonly WireRole[] } & PageEnd> => {
    if (!isPathPrefix(pathPrefix)) return refuse(validationError('PathPrefix'));
    const { account } = call.caller;
    const allowed = this.#door.may(call, 'iam:ListRoles', `arn:aws:iam::${account}:role${pathPrefix}`);
    if (!allowed.ok) return allowed;
    const start = startOfPage(query);
    if (!start.ok) return start;
    const { after, size } = start.value;
    const found = await this.#door.parts.principals.list(account, 'role', { pathPrefix, after, limit: size + 1 });
    const { items, ...end } = endOfPage(found, size, ({ name }) => nameKey(name));
    return accept({ roles: items.map(wireRole), ...end });
  };

  updateRole = async (call: IdentityCall, command: UpdateRole): IdentityAnswer<void> => {
    const { roleName: name, description, maxSessionDuration } = command;
    const invalid = invalidMember({ description, maxSessionDuration });
    if (invalid !== undefined) return refuse(validationError(invalid));
    const changed = await this.#door.change(call, { kind: 'role', name, action: 'iam:UpdateRole' }, (role) =>
      accept({
        ...role,
        ...(description !== undefined && { description }),
        ...(maxSessionDuration !== undefined && { maxSessionSeconds: maxSessionDuration }),
      }),
    );
    return changed.ok ? accept(undefined) : changed;
  };

  updateAssumeRolePolicy = async (
    call: IdentityCall,
    { roleName: name, policyDocument }: OneRole & { policyDocument: string },
  ): IdentityAnswer<void> => {
    const undertaking = { kind: 'role', name, action: 'iam:UpdateAssumeRolePolicy' } as const;
    const opened = await this.#door.open(call, undertaking);
    if (!opened.ok) return opened;
    const trusted = await this.#trusted(policyDocument);
    if (!trusted.ok) return trusted;
    const changed = await this.#door.change(call, undertaking, (role) =>
      accept({ ...role, assumeRolePolicy: policyDocument, trusted: trusted.value }),
    );
    return changed.ok ? accept(undefined) : changed;
  };

  deleteRole = (call: IdentityCall, { roleName: name }: OneRole): IdentityAnswer<void> =>
    this.#door.remove(call, { kind: 'role', name, action: 'iam:DeleteRole' }, mayDelete);

  async #trusted(document: string): IdentityAnswer<Role['trusted']> {
    if (policySize(document) > principalQuotas.AssumeRolePolicySize)
      return refuse(limitExceeded('AssumeRolePolicySize'));
    return readTrustPolicy(document, this.#door.parts.principals);
  }

  async #detailed(role: Role): Promise<WireRole> {
    const arns = await this.#door.arnsOf(role.boundary === undefined ? [] : [role.boundary]);
    return { ...wireRole(role), ...wireDetails(role, arns) };
  }
}

function invalidMember({ description, maxSessionDuration = 3_600 }: Omit<UpdateRole, 'roleName'>): string | undefined {
  if (description !== undefined && !isDescription(description)) return 'Description';
  const whole = Number.isInteger(maxSessionDuration) && maxSessionDuration >= 3_600 && maxSessionDuration <= 43_200;
  return whole ? undefined : 'MaxSessionDuration';
}
