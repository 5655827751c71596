import type { Principal, PrincipalByKind, PrincipalKind, PrincipalUses } from '@keywarden/identity';
import { instant, parseAccountId } from '@keywarden/kernel';
import { corrupt } from './corrupt-row';

export interface PrincipalRow {
  readonly id: string;
  readonly account_id: string;
  readonly kind: PrincipalKind;
  readonly name: string;
  readonly path: string;
  readonly created_at: number;
  readonly body: object;
}

export interface UsesRow {
  readonly id: string;
  readonly attachments: number;
  readonly boundaries: number;
  readonly members: number;
  readonly access_keys: number;
}

export const principalColumns = 'id, account_id, kind, name, path, created_at, body';

/** Every list of the body: a row without one of them was not written by a release this one can follow. */
const lists: { readonly [K in PrincipalKind]: readonly string[] } = {
  user: ['tags', 'inlinePolicies', 'attachedPolicies', 'groups'],
  group: ['inlinePolicies', 'attachedPolicies'],
  role: ['tags', 'inlinePolicies', 'attachedPolicies', 'trusted'],
  policy: ['tags', 'versions'],
};

/** @throws Error when the row holds something this release cannot read */
export function principalOf(row: PrincipalRow): Principal {
  const body = new Map<string, unknown>(Object.entries(row.body));
  if (!lists[row.kind].every((name) => Array.isArray(body.get(name)))) return corrupt('body');
  const principal = {
    ...row.body,
    kind: row.kind,
    account: parseAccountId(row.account_id) ?? corrupt('account_id'),
    id: row.id,
    name: row.name,
    path: row.path,
    createdAt: instant(row.created_at),
  };
  return principal as Principal;
}

/** The kind is the one the statement asked for. */
export function principalOfKind<K extends PrincipalKind>(kind: K, row: PrincipalRow): PrincipalByKind[K] {
  const principal = principalOf(row);
  return principal.kind === kind ? (principal as PrincipalByKind[K]) : corrupt('kind');
}

/** In the order of `principalColumns`. */
export function principalValues(principal: Principal): readonly unknown[] {
  const { kind, account, id, name, path, createdAt, ...body } = principal;
  return [id, account, kind, name, path, createdAt, JSON.stringify(body)];
}

export function usesOf(row: UsesRow | undefined): PrincipalUses {
  return {
    attachments: row?.attachments ?? 0,
    boundaries: row?.boundaries ?? 0,
    members: row?.members ?? 0,
    accessKeys: row?.access_keys ?? 0,
  };
}
