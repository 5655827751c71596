import { type AccountId, parseAccountId } from '@keywarden/kernel';

/** The kinds of name a `Principal` element may hold. */
export const principalTypes = ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const;
export type PrincipalType = (typeof principalTypes)[number];

/** What a string in the `AWS` list of a principal element means. */
export type AwsPrincipal =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'account'; readonly account: AccountId }
  | { readonly kind: 'user'; readonly account: AccountId; readonly name: string; readonly path: string }
  | { readonly kind: 'role'; readonly account: AccountId; readonly name: string; readonly path: string }
  | { readonly kind: 'group'; readonly account: AccountId; readonly name: string; readonly path: string }
  | { readonly kind: 'assumed-role'; readonly account: AccountId; readonly role: string; readonly session: string }
  | { readonly kind: 'federated-user'; readonly account: AccountId; readonly name: string }
  /** What is left in a stored policy of a deleted user or role (`AIDA…`, `AROA…`): it names nobody any more. */
  | { readonly kind: 'unique-id'; readonly id: string };

const arnPattern = /^arn:(aws(?:-[a-z]+)*):(iam|sts)::([0-9]{12}):(.+)$/s;
const uniqueIdPattern = /^A[A-Z]{2}A[A-Z0-9]{12,124}$/;
const namePattern = /^[A-Za-z0-9_+=,.@-]{1,128}$/;
/** Printable ASCII without `*`, `/` and `?` between slashes. */
const pathPattern = /^\/(?:[!-)+-.0->@-~]+\/)*$/;

/**
 * Reads one AWS principal: `*`, an account id, the ARN of an account, user, role, group, role session or federated
 * user, or the unique id of a deleted one.
 *
 * @returns undefined for anything else, wildcards inside an ARN included
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function parseAwsPrincipal(text: string): AwsPrincipal | undefined {
  if (text === '*') return { kind: 'anyone' };
  const plainAccount = parseAccountId(text);
  if (plainAccount !== undefined) return { kind: 'account', account: plainAccount };
  if (uniqueIdPattern.test(text)) return { kind: 'unique-id', id: text };
  const [, , service, accountText, rest] = arnPattern.exec(text) ?? [];
  if (service === undefined || accountText === undefined || rest === undefined) return undefined;
  const account = parseAccountId(accountText);
  if (account === undefined) return undefined;
  return service === 'iam' ? iamPrincipal(account, rest) : stsPrincipal(account, rest);
}

function iamPrincipal(account: AccountId, rest: string): AwsPrincipal | undefined {
  if (rest === 'root') return { kind: 'account', account };
  const slash = rest.indexOf('/');
  const kind = rest.slice(0, slash);
  if (kind !== 'user' && kind !== 'role' && kind !== 'group') return undefined;
  const end = rest.lastIndexOf('/') + 1;
  const path = rest.slice(slash, end);
  const name = rest.slice(end);
  if (!namePattern.test(name) || !pathPattern.test(path)) return undefined;
  return { kind, account, name, path };
}

function stsPrincipal(account: AccountId, rest: string): AwsPrincipal | undefined {
  const [kind, first, second, ...more] = rest.split('/');
  if (first === undefined || !namePattern.test(first) || more.length > 0) return undefined;
  if (kind === 'federated-user' && second === undefined) return { kind, account, name: first };
  if (kind !== 'assumed-role' || second === undefined || !namePattern.test(second)) return undefined;
  return { kind, account, role: first, session: second };
}

const accountName = (account: string): string => `account ${account}`;

/**
 * One spelling for every way to write a principal, so that names compare by equality: an account id and the ARN of its
 * root are the same principal.
 */
export function principalName(type: PrincipalType, value: string): string {
  if (type !== 'AWS') return `${type} ${value}`;
  const principal = parseAwsPrincipal(value);
  return principal?.kind === 'account' ? accountName(principal.account) : `AWS ${value}`;
}

/** May this string stand in the `AWS` (or another) list of a policy? Groups and wildcards inside a name may not. */
export function isPermittedPrincipal(type: PrincipalType, value: string): boolean {
  if (value === '*') return true;
  if (type === 'AWS') {
    const kind = parseAwsPrincipal(value)?.kind;
    return kind !== undefined && kind !== 'group';
  }
  if (type === 'Service') return /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(value);
  return value !== '' && !/[*?\s]/.test(value);
}
