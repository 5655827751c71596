import {
  type AccessKey,
  type AccessKeyOwner,
  isPrincipalName,
  limitExceeded,
  newAccessKeyId,
  newSecretAccessKey,
  noSuchEntity,
  principalArn,
  principalQuotas,
} from '@keywarden/identity';
import { type Instant, SecretBytes, accept, refuse } from '@keywarden/kernel';
import type { PrincipalDoor } from './principal-door';
import type { IdentityAnswer, IdentityCall } from './identity-call';
import { validationError } from './identity-refusals';
import { type PageEnd, type PageQuery, pageOf } from './list-marker';
import { secretAccessKeyPlace } from './secret-access-key-place';

export interface OneAccessKey {
  readonly accessKeyId: string;
  /** Absent: the caller's own. */
  readonly userName?: string;
}

export interface WireAccessKey {
  readonly userName?: string;
  readonly accessKeyId: string;
  readonly status: AccessKey['status'];
  readonly createDate: Instant;
}

interface FoundOwner extends AccessKeyOwner {
  readonly userName?: string;
}

/** CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed. */
export class AccessKeyOperations {
  readonly #door: PrincipalDoor;

  constructor(door: PrincipalDoor) {
    this.#door = door;
  }

  /** The only answer with the secret in it. */
  createAccessKey = async (
    call: IdentityCall,
    { userName }: { userName?: string },
  ): IdentityAnswer<{ accessKey: WireAccessKey & { readonly secretAccessKey: SecretBytes } }> => {
    const owner = await this.#owner(call, userName, 'iam:CreateAccessKey');
    if (!owner.ok) return owner;
    const { randomness, secrets, homeRegion: wrappedIn } = this.#door.parts;
    const { account, userId } = owner.value;
    const id = newAccessKeyId('long-term', randomness);
    const secretAccessKey = SecretBytes.adopt(newSecretAccessKey(randomness));
    const wrappedSecret = await secrets.wrap(secretAccessKeyPlace({ account, wrappedIn, id }), secretAccessKey);
    const accessKey: AccessKey = {
      ...{ id, account, status: 'Active', wrappedSecret, wrappedIn, createdAt: call.now },
      ...(userId !== undefined && { userId }),
    };
    const inserted = await this.#door.parts.accessKeys.insert(accessKey, principalQuotas.AccessKeysPerUser);
    if (inserted.ok) return accept({ accessKey: { ...wireAccessKey(accessKey, owner.value), secretAccessKey } });
    if (inserted.refusal.code === 'QuotaReached') return refuse(limitExceeded('AccessKeysPerUser'));
    if (inserted.refusal.code === 'LinkTargetMissing') return refuse(noSuchEntity('user', userName ?? account));
    throw new Error('a generated access key id is taken');
  };

  listAccessKeys = async (
    call: IdentityCall,
    { userName, ...query }: { userName?: string } & PageQuery,
  ): IdentityAnswer<{ accessKeyMetadata: readonly WireAccessKey[] } & PageEnd> => {
    const owner = await this.#owner(call, userName, 'iam:ListAccessKeys');
    if (!owner.ok) return owner;
    const page = pageOf(await this.#door.parts.accessKeys.list(owner.value), query, ({ id }) => id);
    if (!page.ok) return page;
    const { items, ...end } = page.value;
    return accept({ accessKeyMetadata: items.map((one) => wireAccessKey(one, owner.value)), ...end });
  };

  /** An inactive key opens nothing, and ends the sessions it is at the beginning of. */
  updateAccessKey = async (
    call: IdentityCall,
    { accessKeyId, userName, status }: OneAccessKey & { status: AccessKey['status'] },
  ): IdentityAnswer<void> => {
    if (status !== 'Active' && status !== 'Inactive') return refuse(validationError('Status'));
    const owner = await this.#owner(call, userName, 'iam:UpdateAccessKey');
    if (!owner.ok) return owner;
    const found = await this.#door.parts.accessKeys.setStatus(owner.value, accessKeyId, status);
    return found ? accept(undefined) : refuse(noSuchEntity('access-key', accessKeyId));
  };

  deleteAccessKey = async (call: IdentityCall, { accessKeyId, userName }: OneAccessKey): IdentityAnswer<void> => {
    const owner = await this.#owner(call, userName, 'iam:DeleteAccessKey');
    if (!owner.ok) return owner;
    const found = await this.#door.parts.accessKeys.remove(owner.value, accessKeyId);
    return found ? accept(undefined) : refuse(noSuchEntity('access-key', accessKeyId));
  };

  /** When a key was used is not recorded: the answer is the one for keys of which it is not known. */
  getAccessKeyLastUsed = async (
    call: IdentityCall,
    { accessKeyId }: { accessKeyId: string },
  ): IdentityAnswer<{ userName?: string; accessKeyLastUsed: { serviceName: 'N/A'; region: 'N/A' } }> => {
    const { account } = call.caller;
    const accessKey = await this.#door.parts.identities.findAccessKey(accessKeyId);
    const own = accessKey?.account === account ? accessKey : undefined;
    const [user] = own?.userId === undefined ? [] : await this.#door.parts.principals.findMany([own.userId]);
    const resource = user === undefined ? `arn:aws:iam::${account}:user/*` : principalArn(user);
    const allowed = this.#door.may(call, 'iam:GetAccessKeyLastUsed', resource);
    if (!allowed.ok) return allowed;
    if (own === undefined) return refuse(noSuchEntity('access-key', accessKeyId));
    const accessKeyLastUsed = { serviceName: 'N/A', region: 'N/A' } as const;
    return accept({ ...(user !== undefined && { userName: user.name }), accessKeyLastUsed });
  };

  /** Whose keys: the named user's, or without a name the caller's own. */
  async #owner(call: IdentityCall, userName: string | undefined, action: string): IdentityAnswer<FoundOwner> {
    const { account, type, arn } = call.caller;
    if (userName === undefined && type === 'Root') {
      const allowed = this.#door.may(call, action, arn);
      return allowed.ok ? accept({ account }) : allowed;
    }
    const name = userName ?? call.caller.userName;
    if (name === undefined || !isPrincipalName('user', name)) return refuse(validationError('UserName'));
    const opened = await this.#door.open(call, { kind: 'user', name, action });
    return opened.ok ? accept({ account, userId: opened.value.id, userName: opened.value.name }) : opened;
  }
}

function wireAccessKey({ id, status, createdAt }: AccessKey, { userName }: FoundOwner): WireAccessKey {
  return { ...(userName !== undefined && { userName }), accessKeyId: id, status, createDate: createdAt };
}
