import {
  type PrincipalTag,
  type User,
  checkPrincipalTags,
  isPath,
  isPathPrefix,
  isPrincipalName,
  mayDelete,
  nameKey,
  principalArn,
} from '@keywarden/identity';
import { accept, instant, refuse } from '@keywarden/kernel';
import { facts, joined, requestTagFacts } from './condition-facts';
import type { IdentityAnswer, IdentityCall } from './identity-call';
import { validationError } from './identity-refusals';
import { type PageEnd, type PageQuery, endOfPage, startOfPage } from './list-marker';
import { boundaryOf } from './policy-by-arn';
import type { PrincipalDoor } from './principal-door';
import { type WireUser, wireDetails, wireUser } from './wire-principals';

export interface CreateUser {
  readonly userName: string;
  readonly path?: string;
  readonly permissionsBoundary?: string;
  readonly tags?: readonly PrincipalTag[];
}

export interface UpdateUser {
  readonly userName: string;
  readonly newUserName?: string;
  readonly newPath?: string;
}

export interface ListByPath extends PageQuery {
  readonly pathPrefix?: string;
}

/** CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser. */
export class UserOperations {
  readonly #door: PrincipalDoor;

  constructor(door: PrincipalDoor) {
    this.#door = door;
  }

  createUser = async (
    call: IdentityCall,
    { userName: name, path = '/', permissionsBoundary, tags = [] }: CreateUser,
  ): IdentityAnswer<{ user: WireUser }> => {
    if (!isPrincipalName('user', name)) return refuse(validationError('UserName'));
    if (!isPath(path)) return refuse(validationError('Path'));
    const { account } = call.caller;
    const arn = principalArn({ kind: 'user', account, path, name });
    const asked = joined(requestTagFacts(tags), facts({ 'iam:PermissionsBoundary': permissionsBoundary }));
    const allowed = this.#door.may(call, 'iam:CreateUser', arn, asked);
    if (!allowed.ok) return allowed;
    const checked = checkPrincipalTags(tags);
    if (!checked.ok) return checked;
    const boundary = await boundaryOf(this.#door.parts, account, permissionsBoundary);
    if (!boundary.ok) return boundary;
    const empty = { inlinePolicies: [], attachedPolicies: [], groups: [] };
    const created = await this.#door.create<User>((id) => ({
      ...{ kind: 'user', account, id, name, path, createdAt: call.now, tags, ...empty },
      ...boundary.value,
    }));
    return created.ok ? accept({ user: await this.#detailed(created.value) }) : created;
  };

  /** Without a name: the caller, who may be the root user. */
  getUser = async (call: IdentityCall, { userName }: { userName?: string }): IdentityAnswer<{ user: WireUser }> => {
    const { caller } = call;
    if (userName === undefined && caller.type === 'Root') {
      const allowed = this.#door.may(call, 'iam:GetUser', caller.arn);
      if (!allowed.ok) return allowed;
      const account = await this.#door.parts.identities.findAccount(caller.account);
      const createDate = account?.createdAt ?? instant(0);
      return accept({
        user: { path: '/', userName: caller.account, userId: caller.account, arn: caller.arn, createDate },
      });
    }
    const name = userName ?? caller.userName;
    if (name === undefined) return refuse(validationError('UserName'));
    const opened = await this.#door.open(call, { kind: 'user', name, action: 'iam:GetUser' });
    return opened.ok ? accept({ user: await this.#detailed(opened.value) }) : opened;
  };

  listUsers = async (
    call: IdentityCall,
    { pathPrefix = '/', ...query }: ListByPath,
  ): IdentityAnswer<{ users: readonly WireUser[] } & PageEnd> => {
    if (!isPathPrefix(pathPrefix)) return refuse(validationError('PathPrefix'));
    const { account } = call.caller;
    const allowed = this.#door.may(call, 'iam:ListUsers', `arn:aws:iam::${account}:user${pathPrefix}`);
    if (!allowed.ok) return allowed;
    const start = startOfPage(query);
    if (!start.ok) return start;
    const { after, size } = start.value;
    const found = await this.#door.parts.principals.list(account, 'user', { pathPrefix, after, limit: size + 1 });
    const { items, ...end } = endOfPage(found, size, ({ name }) => nameKey(name));
    return accept({ users: items.map(wireUser), ...end });
  };

  /** Needs the permission on the old ARN and on the new one. */
  updateUser = async (
    call: IdentityCall,
    { userName: name, newUserName, newPath }: UpdateUser,
  ): IdentityAnswer<void> => {
    if (newUserName !== undefined && !isPrincipalName('user', newUserName))
      return refuse(validationError('NewUserName'));
    if (newPath !== undefined && !isPath(newPath)) return refuse(validationError('NewPath'));
    const action = 'iam:UpdateUser';
    const opened = await this.#door.open(call, { kind: 'user', name, action });
    if (!opened.ok) return opened;
    const become = { name: newUserName ?? opened.value.name, path: newPath ?? opened.value.path };
    const allowed = this.#door.may(call, action, principalArn({ ...opened.value, ...become }));
    if (!allowed.ok) return allowed;
    const changed = await this.#door.change(call, { kind: 'user', name, action }, (user) =>
      accept({
        ...user,
        ...become,
        ...(principalArn({ ...user, ...become }) !== principalArn(user) && { namedSince: call.now }),
      }),
    );
    return changed.ok ? accept(undefined) : changed;
  };

  deleteUser = (call: IdentityCall, { userName: name }: { userName: string }): IdentityAnswer<void> =>
    this.#door.remove(call, { kind: 'user', name, action: 'iam:DeleteUser' }, mayDelete);

  async #detailed(user: User): Promise<WireUser> {
    const arns = await this.#door.arnsOf(user.boundary === undefined ? [] : [user.boundary]);
    return { ...wireUser(user), ...wireDetails(user, arns) };
  }
}
