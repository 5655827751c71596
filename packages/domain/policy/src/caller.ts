import { parseAwsPrincipal, principalName } from './principal';
import type { PrincipalType } from './principal';

/**
 * The names a caller is known by, spelled as `principalName` does. Policies compare names by equality, so this is all
 * that matching a principal needs.
 */
export interface Caller {
  /** Names of the caller itself: its own, and for a role session also the role's. Empty: anonymous. */
  readonly names: readonly string[];
  /** The name of its account, through which permissions are only delegated; undefined when it has none. */
  readonly account: string | undefined;
}

/** How a principal clause matched: the caller itself is meant, or only the account it belongs to. */
export type PrincipalMatch = 'principal' | 'account';

/** Somebody who gave no credentials: only `*` means them. */
export const anonymousCaller: Caller = { names: [], account: undefined };

/**
 * The caller behind a principal ARN.
 *
 * @param arn of an account's root, a user, a role, a role session or a federated user
 * @param roleArn for a role session the ARN of its role with its path, which the session ARN does not show; without it
 *   a role ARN with an empty path is assumed
 * @throws TypeError when `arn` is not such an ARN: callers come from an identity store, not from the wire
 */
export function callerFromArn(arn: string, roleArn?: string): Caller {
  const principal = parseAwsPrincipal(arn);
  switch (principal?.kind) {
    case 'account': {
      const name = principalName('AWS', arn);
      return { names: [name], account: name };
    }
    case 'user':
    case 'role':
    case 'federated-user':
      return { names: [principalName('AWS', arn)], account: principalName('AWS', principal.account) };
    case 'assumed-role': {
      const partition = arn.split(':')[1] ?? 'aws';
      const role = roleArn ?? `arn:${partition}:iam::${principal.account}:role/${principal.role}`;
      const names = [principalName('AWS', role), principalName('AWS', arn)];
      return { names, account: principalName('AWS', principal.account) };
    }
    default:
      throw new TypeError('not the ARN of a caller');
  }
}

/** A caller that is no AWS principal: a service (`events.amazonaws.com`), an identity provider, a canonical user. */
export function callerOfType(type: Exclude<PrincipalType, 'AWS'>, value: string): Caller {
  return { names: [principalName(type, value)], account: undefined };
}
