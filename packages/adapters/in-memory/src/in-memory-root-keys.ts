import type {
  DomainKeyCounts,
  DomainKeyRepository,
  RootKeyState,
  RootKeyStore,
  RootKeySuperseded,
  StoredDomainKey,
} from '@keywarden/crypto';
import { type AccountId, type Region, type Result, accept, refuse } from '@keywarden/kernel';
import { compareText, copyOf } from './tables';

/** Root keys and the domain keys under them, which change together. */
export interface RootKeyTables {
  state: RootKeyState;
  readonly domainKeys: Map<string, StoredDomainKey>;
}

export function emptyRootKeyTables(): RootKeyTables {
  return { state: { roots: [], providers: [], wrappings: [], register: [] }, domainKeys: new Map() };
}

function rowOf({ account, region, version }: StoredDomainKey): string {
  return `${account} ${region} ${String(version).padStart(10, '0')}`;
}

function countsOf({ domainKeys }: RootKeyTables): DomainKeyCounts {
  const counts = new Map<string, number>();
  for (const { rootKeyId } of domainKeys.values()) counts.set(rootKeyId, (counts.get(rootKeyId) ?? 0) + 1);
  return counts;
}

/** Wrapped domain keys in a Map. */
export class InMemoryDomainKeyRepository implements DomainKeyRepository {
  readonly #tables: RootKeyTables;

  constructor(tables: RootKeyTables) {
    this.#tables = tables;
  }

  async list(account: AccountId, region: Region): Promise<readonly StoredDomainKey[]> {
    return [...this.#tables.domainKeys.values()]
      .filter((key) => key.account === account && key.region === region)
      .sort((left, right) => left.version - right.version)
      .map(copyOf);
  }

  async insertIfAbsent(key: StoredDomainKey): Promise<Result<StoredDomainKey, RootKeySuperseded>> {
    const stored = this.#tables.domainKeys.get(rowOf(key));
    if (stored !== undefined) return accept(copyOf(stored));
    const current = this.#tables.state.roots.find(({ status }) => status === 'CURRENT');
    if (current !== undefined && current.id !== key.rootKeyId) return refuse({ code: 'RootKeySuperseded' });
    this.#tables.domainKeys.set(rowOf(key), copyOf(key));
    return accept(copyOf(key));
  }

  async samples(): Promise<readonly StoredDomainKey[]> {
    const byRoot = new Map([...this.#tables.domainKeys.values()].map((key) => [key.rootKeyId, key]));
    return [...byRoot.values()].map(copyOf);
  }
}

/** Root keys, providers and wrappings in one value. */
export class InMemoryRootKeyStore implements RootKeyStore {
  readonly #tables: RootKeyTables;

  constructor(tables: RootKeyTables) {
    this.#tables = tables;
  }

  async state(): Promise<RootKeyState> {
    return copyOf(this.#tables.state);
  }

  async counts(): Promise<DomainKeyCounts> {
    return countsOf(this.#tables);
  }

  async change<R>(
    decide: (state: RootKeyState, counts: DomainKeyCounts) => Result<RootKeyState, R>,
  ): Promise<Result<RootKeyState, R>> {
    const decided = decide(copyOf(this.#tables.state), countsOf(this.#tables));
    if (!decided.ok) return decided;
    const { register } = this.#tables.state;
    const added = decided.value.register.slice(register.length);
    this.#tables.state = copyOf({ ...decided.value, register: [...register, ...added] });
    return decided;
  }

  /** Writes what no decision made, as somebody can who has the database itself; for tests. */
  overwrite(state: RootKeyState): void {
    this.#tables.state = copyOf(state);
  }

  /** As `overwrite`: takes everything away, the domain keys too. */
  empty(): void {
    this.#tables.state = emptyRootKeyTables().state;
    this.#tables.domainKeys.clear();
  }

  async domainKeysUnder(
    rootKeyId: string,
    after: StoredDomainKey | undefined,
    limit: number,
  ): Promise<readonly StoredDomainKey[]> {
    const from = after === undefined ? '' : rowOf(after);
    return [...this.#tables.domainKeys.entries()]
      .filter(([row, key]) => key.rootKeyId === rootKeyId && row > from)
      .sort(([left], [right]) => compareText(left, right))
      .slice(0, limit)
      .map(([, key]) => copyOf(key));
  }

  async rewrap(before: StoredDomainKey, after: Pick<StoredDomainKey, 'rootKeyId' | 'wrapped'>): Promise<boolean> {
    const row = rowOf(before);
    const stored = this.#tables.domainKeys.get(row);
    const same =
      stored?.rootKeyId === before.rootKeyId &&
      stored.wrapped.length === before.wrapped.length &&
      stored.wrapped.every((byte, index) => byte === before.wrapped[index]);
    if (!same) return false;
    this.#tables.domainKeys.set(row, copyOf({ ...stored, ...after }));
    return true;
  }
}
