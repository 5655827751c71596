import {
  type Group,
  type LimitExceeded,
  type NoSuchEntity,
  type User,
  isPath,
  isPathPrefix,
  isPrincipalName,
  joinGroup,
  leaveGroup,
  mayDelete,
  nameKey,
  noSuchEntity,
  principalArn,
} from '@keywarden/identity';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { IdentityAnswer, IdentityCall } from './identity-call';
import { validationError } from './identity-refusals';
import { type PageEnd, type PageQuery, endOfPage, pageOf, startOfPage } from './list-marker';
import type { PrincipalDoor } from './principal-door';
import type { ListByPath } from './user-operations';
import { type WireGroup, type WireUser, wireGroup, wireUser } from './wire-principals';

export interface GroupMember {
  readonly groupName: string;
  readonly userName: string;
}

/** CreateGroup, GetGroup, ListGroups, DeleteGroup, AddUserToGroup, RemoveUserFromGroup, ListGroupsForUser. */
export class GroupOperations {
  readonly #door: PrincipalDoor;

  constructor(door: PrincipalDoor) {
    this.#door = door;
  }

  createGroup = async (
    call: IdentityCall,
    { groupName: name, path = '/' }: { groupName: string; path?: string },
  ): IdentityAnswer<{ group: WireGroup }> => {
    if (!isPrincipalName('group', name)) return refuse(validationError('GroupName'));
    if (!isPath(path)) return refuse(validationError('Path'));
    const { account } = call.caller;
    const allowed = this.#door.may(call, 'iam:CreateGroup', principalArn({ kind: 'group', account, path, name }));
    if (!allowed.ok) return allowed;
    const empty = { inlinePolicies: [], attachedPolicies: [] };
    const created = await this.#door.create<Group>((id) => ({
      ...{ kind: 'group', account, id, name, path, createdAt: call.now, ...empty },
    }));
    return created.ok ? accept({ group: wireGroup(created.value) }) : created;
  };

  /** With its users, page by page. */
  getGroup = async (
    call: IdentityCall,
    { groupName: name, ...query }: { groupName: string } & PageQuery,
  ): IdentityAnswer<{ group: WireGroup; users: readonly WireUser[] } & PageEnd> => {
    const opened = await this.#door.open(call, { kind: 'group', name, action: 'iam:GetGroup' });
    if (!opened.ok) return opened;
    const start = startOfPage(query);
    if (!start.ok) return start;
    const { after, size } = start.value;
    const { principals } = this.#door.parts;
    const members = await principals.listReferring(opened.value, 'member', { after, limit: size + 1 });
    const { items, ...end } = endOfPage(members, size, ({ id }) => id);
    const users = items.filter((member) => member.kind === 'user').map(wireUser);
    return accept({ group: wireGroup(opened.value), users, ...end });
  };

  listGroups = async (
    call: IdentityCall,
    { pathPrefix = '/', ...query }: ListByPath,
  ): IdentityAnswer<{ groups: readonly WireGroup[] } & PageEnd> => {
    if (!isPathPrefix(pathPrefix)) return refuse(validationError('PathPrefix'));
    const { account } = call.caller;
    const allowed = this.#door.may(call, 'iam:ListGroups', `arn:aws:iam::${account}:group${pathPrefix}`);
    if (!allowed.ok) return allowed;
    const start = startOfPage(query);
    if (!start.ok) return start;
    const { after, size } = start.value;
    const found = await this.#door.parts.principals.list(account, 'group', { pathPrefix, after, limit: size + 1 });
    const { items, ...end } = endOfPage(found, size, ({ name }) => nameKey(name));
    return accept({ groups: items.map(wireGroup), ...end });
  };

  deleteGroup = (call: IdentityCall, { groupName: name }: { groupName: string }): IdentityAnswer<void> =>
    this.#door.remove(call, { kind: 'group', name, action: 'iam:DeleteGroup' }, mayDelete);

  /** The permission is one on the group. */
  addUserToGroup = async (call: IdentityCall, { groupName, userName }: GroupMember): IdentityAnswer<void> => {
    const group = await this.#door.open(call, { kind: 'group', name: groupName, action: 'iam:AddUserToGroup' });
    if (!group.ok) return group;
    return this.#changeUser(call, userName, (user) => joinGroup(user, group.value.id));
  };

  removeUserFromGroup = async (call: IdentityCall, { groupName, userName }: GroupMember): IdentityAnswer<void> => {
    const group = await this.#door.open(call, { kind: 'group', name: groupName, action: 'iam:RemoveUserFromGroup' });
    if (!group.ok) return group;
    return this.#changeUser(call, userName, (user) => leaveGroup(user, group.value.id, groupName));
  };

  listGroupsForUser = async (
    call: IdentityCall,
    { userName: name, ...query }: { userName: string } & PageQuery,
  ): IdentityAnswer<{ groups: readonly WireGroup[] } & PageEnd> => {
    const opened = await this.#door.open(call, { kind: 'user', name, action: 'iam:ListGroupsForUser' });
    if (!opened.ok) return opened;
    const found = await this.#door.parts.principals.findMany(opened.value.groups);
    const groups = found.filter((group) => group.kind === 'group');
    const page = pageOf(groups, query, ({ id }) => id);
    if (!page.ok) return page;
    const { items, ...end } = page.value;
    return accept({ groups: items.map(wireGroup), ...end });
  };

  async #changeUser(
    { caller }: IdentityCall,
    name: string,
    decide: (user: User) => Result<User, NoSuchEntity | LimitExceeded>,
  ): IdentityAnswer<void> {
    if (!isPrincipalName('user', name)) return refuse(validationError('UserName'));
    const changed = await this.#door.parts.principals.update(caller.account, 'user', name, decide);
    if (changed.ok) return accept(undefined);
    const { refusal } = changed;
    if (refusal.code === 'NoSuchEntity' || refusal.code === 'LimitExceeded') return refuse(refusal);
    return refuse(noSuchEntity(refusal.code === 'LinkTargetMissing' ? 'group' : 'user', name));
  }
}
