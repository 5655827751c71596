import {
  type Caller,
  type IdentityRepository,
  type PrincipalRepository,
  type PrincipalTag,
  type Role,
  type User,
  principalArn,
  rootCaller,
} from '@keywarden/identity';
import { type AccountId, type Instant, parseAccountId, plusMilliseconds } from '@keywarden/kernel';
import { type CallerDocuments, policiesOf, readCallerDocuments } from './caller-policies';
import { roleSessionCaller, userCaller } from './callers';

/** Somebody as requests of theirs would be decided about, without a request and without credentials. */
export interface DescribedCaller {
  readonly caller: Caller;
  /** Where each policy of the caller is managed, in the caller's order; absent for a root user. */
  readonly documents?: CallerDocuments;
}

/** What a session of a role is supposed to be started with. */
export interface SupposedSession {
  readonly policies?: readonly string[];
  readonly tags?: readonly PrincipalTag[];
}

const sessionLengthMs = 3_600_000;
const arnForm = /^arn:aws:(iam|sts)::([0-9]{12}):(root|user|role|assumed-role)(?:(\/(?:.*\/)?)([^/]+))?$/s;

/** For operators who ask what a principal may do. */
export class CallersByArn {
  constructor(
    private readonly identities: IdentityRepository,
    private readonly principals: PrincipalRepository,
  ) {}

  /**
   * @param arn of a root user, a user, a role or a session of a role; a role stands for a session of it
   * @returns undefined when there is nobody of that name now
   */
  async find(arn: string, now: Instant, session: SupposedSession = {}): Promise<DescribedCaller | undefined> {
    const [, service, digits = '', kind, path = '/', name = ''] = arnForm.exec(arn) ?? [];
    const account = parseAccountId(digits);
    if (account === undefined) return undefined;
    switch (`${service}:${kind}`) {
      case 'iam:root':
        return name === '' ? this.#root(account) : undefined;
      case 'iam:user':
        return this.#user(await this.principals.find(account, 'user', name), arn);
      case 'iam:role': {
        const role = await this.principals.find(account, 'role', name);
        return role !== undefined && principalArn(role) === arn
          ? this.#session(role, 'explained', now, session)
          : undefined;
      }
      case 'sts:assumed-role': {
        const role = await this.principals.find(account, 'role', path.slice(1, -1));
        return role !== undefined && path === `/${role.name}/` ? this.#session(role, name, now, session) : undefined;
      }
      default:
        return undefined;
    }
  }

  async #root(account: AccountId): Promise<DescribedCaller | undefined> {
    return (await this.identities.findAccount(account)) && { caller: rootCaller(account, '') };
  }

  async #user(user: User | undefined, arn: string): Promise<DescribedCaller | undefined> {
    if (user === undefined || principalArn(user) !== arn) return undefined;
    const documents = await readCallerDocuments(this.principals, user);
    return { caller: userCaller(user, '', policiesOf(documents)), documents };
  }

  async #session(
    role: Role,
    sessionName: string,
    now: Instant,
    { policies, tags = [] }: SupposedSession,
  ): Promise<DescribedCaller> {
    const inSession = policies && { documents: policies, policyIds: [] };
    const documents = await readCallerDocuments(this.principals, role, inSession);
    const claims = {
      kind: 'AssumeRole',
      accessKeyId: '',
      account: role.account,
      principalId: role.id,
      sessionName,
      issuedAt: now,
      expiresAt: plusMilliseconds(now, sessionLengthMs),
      tags,
      transitiveTagKeys: [],
      chain: [role.id],
    } as const;
    return { caller: roleSessionCaller(role, claims, policiesOf(documents)), documents };
  }
}
