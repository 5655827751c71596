import type { Caller } from '@keywarden/identity';
import type { NotedWebIdentity } from './request-notes';

/** Who called, as JSON, and by which names the record can be found. */
export interface UserIdentity {
  readonly json: string;
  /** `root` for a root user, the session name of a role session. */
  readonly userName: string | undefined;
  readonly accessKeyId: string | undefined;
}

interface Views {
  own?: UserIdentity;
  foreign?: UserIdentity;
  claimed?: UserIdentity;
}

/** A caller is one object for as long as a node knows it: what is derived from it is made once. */
const views = new WeakMap<Caller, Views>();

function viewsOf(caller: Caller): Views {
  let found = views.get(caller);
  if (found === undefined) views.set(caller, (found = {}));
  return found;
}

/** As the caller's own account sees the caller. */
export function ownIdentity(caller: Caller): UserIdentity {
  const known = viewsOf(caller);
  return (known.own ??= {
    json: JSON.stringify(fullIdentity(caller)),
    userName: lookupName(caller),
    accessKeyId: caller.accessKeyId,
  });
}

/** As another account sees the caller, whose key was used. */
export function foreignIdentity(caller: Caller): UserIdentity {
  const known = viewsOf(caller);
  const { principalId, account: accountId } = caller;
  return (known.foreign ??= {
    json: JSON.stringify({ type: 'AWSAccount', principalId, accountId }),
    userName: undefined,
    accessKeyId: undefined,
  });
}

/** Somebody who named an access key and did not prove to hold it. */
export function claimedIdentity(caller: Caller): UserIdentity {
  const known = viewsOf(caller);
  const { account: accountId, accessKeyId } = caller;
  return (known.claimed ??= {
    json: JSON.stringify({ type: 'Unknown', accountId, accessKeyId }),
    userName: undefined,
    accessKeyId,
  });
}

export function webIdentity({ provider, subject, audience }: NotedWebIdentity): UserIdentity {
  const principalId = `${provider}:${audience}:${subject}`;
  return {
    json: JSON.stringify({ type: 'WebIdentityUser', principalId, userName: subject, identityProvider: provider }),
    userName: subject,
    accessKeyId: undefined,
  };
}

function fullIdentity(caller: Caller): object {
  const { type, principalId, arn, account: accountId, accessKeyId, userName } = caller;
  const sessionContext = sessionOf(caller);
  return {
    ...{ type, principalId, arn, accountId, accessKeyId },
    ...(userName !== undefined && { userName }),
    ...(sessionContext !== undefined && { sessionContext }),
  };
}

function sessionOf({ session, roleArn, principalId, account }: Caller): object | undefined {
  if (session === undefined) return undefined;
  const { issuedAt, federatedProvider, sourceIdentity } = session;
  return {
    ...(roleArn !== undefined && {
      sessionIssuer: {
        type: 'Role',
        principalId: principalId.split(':', 1)[0],
        arn: roleArn,
        accountId: account,
        userName: roleArn.slice(roleArn.lastIndexOf('/') + 1),
      },
    }),
    ...(federatedProvider !== undefined && { webIdFederationData: { federatedProvider, attributes: {} } }),
    attributes: { creationDate: `${new Date(issuedAt).toISOString().slice(0, 19)}Z`, mfaAuthenticated: 'false' },
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  };
}

function lookupName({ type, userName, arn }: Caller): string | undefined {
  if (type === 'Root') return 'root';
  return userName ?? (type === 'AssumedRole' ? arn.slice(arn.lastIndexOf('/') + 1) : undefined);
}
