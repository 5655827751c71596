import {
  type Caller,
  type CallerPolicies,
  type IdentityRepository,
  type PrincipalRepository,
  type Role,
  type User,
  overlaidTags,
  principalArn,
  rootCaller,
} from '@keywarden/identity';
import type { AccessKey, CallerSession } from '@keywarden/identity';
import { policiesOf, readCallerDocuments } from './caller-policies';
import type { SessionClaims } from './session-token';

/** Reads who stands behind credentials, as of now. */
export class Callers {
  constructor(
    private readonly identities: Pick<IdentityRepository, 'findAccessKey'>,
    private readonly principals: PrincipalRepository | undefined,
  ) {}

  /** @returns undefined when the user is not there (any more) */
  async ofAccessKey({ account, userId, id }: AccessKey): Promise<Caller | undefined> {
    if (userId === undefined) return rootCaller(account, id);
    const user = await this.#find(userId, 'user');
    return user?.account === account ? this.#user(user, id) : undefined;
  }

  /**
   * @param claims of a token that was found genuine
   * @returns undefined when the session has ended with what it rests on
   */
  async ofSession(claims: SessionClaims): Promise<Caller | undefined> {
    const { account, accessKeyId, principalId, kind } = claims;
    if (!(await this.#originStands(claims))) return undefined;
    const session = sessionOf(claims);
    if (principalId === account) return { ...rootCaller(account, accessKeyId), session };
    if (kind === 'GetSessionToken') {
      const user = await this.#find(principalId, 'user');
      return user?.account === account ? { ...(await this.#user(user, accessKeyId)), session } : undefined;
    }
    const role = await this.#find(principalId, 'role');
    return role?.account === account ? this.#roleSession(role, claims) : undefined;
  }

  async #originStands({ originAccessKeyId, chain }: SessionClaims): Promise<boolean> {
    if (originAccessKeyId !== undefined) {
      const origin = await this.identities.findAccessKey(originAccessKeyId);
      if (origin?.status !== 'Active') return false;
    }
    if (chain.length === 0) return true;
    const found = (await this.principals?.findMany(chain)) ?? [];
    return new Set(found.map(({ id }) => id)).size === new Set(chain).size;
  }

  async #find<K extends 'user' | 'role'>(id: string, kind: K): Promise<((User | Role) & { kind: K }) | undefined> {
    const [found] = (await this.principals?.findMany([id])) ?? [];
    return found?.kind === kind ? (found as (User | Role) & { kind: K }) : undefined;
  }

  async #user(user: User, accessKeyId: string): Promise<Caller> {
    return userCaller(user, accessKeyId, await this.#policies(user));
  }

  async #roleSession(role: Role, claims: SessionClaims): Promise<Caller> {
    return roleSessionCaller(role, claims, await this.#policies(role, claims.policies));
  }

  async #policies(holder: User | Role, session?: SessionClaims['policies']): Promise<CallerPolicies> {
    if (this.principals === undefined) throw new Error('users and roles need their repository');
    return policiesOf(await readCallerDocuments(this.principals, holder, session));
  }
}

export function userCaller(user: User, accessKeyId: string, policies: CallerPolicies): Caller {
  return {
    account: user.account,
    arn: principalArn(user),
    type: 'IAMUser',
    principalId: user.id,
    accessKeyId,
    userName: user.name,
    ...(user.namedSince !== undefined && { namedSince: user.namedSince }),
    tags: user.tags,
    policies,
  };
}

export function roleSessionCaller(role: Role, claims: SessionClaims, policies: CallerPolicies): Caller {
  const name = claims.sessionName ?? '';
  return {
    account: role.account,
    arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${name}`,
    type: 'AssumedRole',
    principalId: `${role.id}:${name}`,
    accessKeyId: claims.accessKeyId,
    roleArn: principalArn(role),
    ...(role.namedSince !== undefined && { namedSince: role.namedSince }),
    tags: overlaidTags(role.tags, claims.tags),
    policies,
    session: sessionOf(claims),
  };
}

function sessionOf(claims: SessionClaims): CallerSession {
  const { kind, issuedAt, expiresAt, transitiveTagKeys, sourceIdentity, federatedProvider, originAccessKeyId } = claims;
  return {
    kind,
    issuedAt,
    expiresAt,
    transitiveTagKeys,
    chain: claims.chain,
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(federatedProvider !== undefined && { federatedProvider }),
    ...(originAccessKeyId !== undefined && { originAccessKeyId }),
  };
}
