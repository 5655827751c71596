import {
  type Grant,
  type GrantId,
  type GrantRepository,
  type GrantTokens,
  parseGrantId,
  partyName,
  sameTerms,
} from '@keywarden/grants';
import { parseKeyId, parseRegion, refuse } from '@keywarden/kernel';
import { type KeyName, keyNotFound } from '@keywarden/keys';
import type { StoredKeys } from './stored-keys';

const sameKey = (one: KeyName, other: KeyName): boolean => one.region === other.region && one.id === other.id;

/** Grants in memory, for tests of operations: just enough of a store. */
export class StoredGrants implements GrantRepository {
  rows: readonly Grant[] = [];

  constructor(private readonly keys: StoredKeys) {}

  create: GrantRepository['create'] = async (name, terms, decide) => {
    const key = await this.keys.keys.find(name);
    if (key?.account !== name.account) return refuse(keyNotFound(name));
    const existing = this.#of(name);
    const same = terms.name === undefined ? undefined : existing.find((grant) => sameTerms(grant, terms));
    const decided = decide(key, { count: existing.length, ...(same !== undefined && { same }) });
    if (decided.ok && decided.value !== same) {
      this.rows = [...this.rows, decided.value];
      this.keys.announce({ kind: 'key', name });
    }
    return decided;
  };

  find: GrantRepository['find'] = async (key, id) => this.#of(key).find((grant) => grant.id === id);

  remove: GrantRepository['remove'] = async (key, id) => {
    const removed = await this.find(key, id);
    this.rows = this.rows.filter((grant) => grant !== removed);
    if (removed !== undefined) this.keys.announce({ kind: 'key', name: key });
    return removed;
  };

  list: GrantRepository['list'] = async (key, { grantId, grantee, after, limit }) =>
    this.#page(
      this.#of(key)
        .filter(({ id }) => grantId === undefined || id === grantId)
        .filter((grant) => grantee === undefined || partyName(grant.grantee) === partyName(grantee)),
      after,
      limit,
    );

  listRetirable: GrantRepository['listRetirable'] = async (region, { retiring, keysOf, after, limit }) =>
    this.#page(
      this.rows
        .filter(({ key }) => key.region === region && (keysOf === undefined || key.account === keysOf))
        .filter((grant) => grant.retiring !== undefined && partyName(grant.retiring) === partyName(retiring)),
      after,
      limit,
    );

  ofGrantees: GrantRepository['ofGrantees'] = async (key, grantees) =>
    this.#of(key).filter(({ grantee }) => grantees.some((one) => partyName(one) === partyName(grantee)));

  count: GrantRepository['count'] = async (key) => this.#of(key).length;

  #of(key: KeyName): readonly Grant[] {
    return this.rows.filter((grant) => sameKey(grant.key, key));
  }

  #page(found: readonly Grant[], after: GrantId | undefined, limit: number): readonly Grant[] {
    return found
      .filter(({ id }) => after === undefined || id > after)
      .sort((left, right) => (left.id < right.id ? -1 : 1))
      .slice(0, limit);
  }
}

/** Tokens in clear, with the account as their "proof". */
export function fakeGrantTokens(): GrantTokens {
  let issued = 0;
  const claimed: GrantTokens['claimed'] = (token) => {
    const [region, key, grant] = token.split('.');
    const [parsedRegion, id, grantId] = [parseRegion(region ?? ''), parseKeyId(key ?? ''), parseGrantId(grant ?? '')];
    return parsedRegion && id && grantId && { key: { region: parsedRegion, id }, grantId };
  };
  return {
    issue: async ({ id, key }) => [key.region, key.id, id, key.account, (issued += 1)].join('.'),
    claimed,
    read: async (token, key) => (token.split('.')[3] === key.account ? claimed(token)?.grantId : undefined),
  };
}
