import { X509Certificate, randomBytes } from 'node:crypto';
import type {
  CloudHsmBacking,
  ConnectionErrorCode,
  CustomKeyStore,
  IvFields,
  KeyInStore,
  KeyStoreBackend,
  KeyStoreFailed,
  StoreCall,
  StoreCiphertextRefused,
  StoreFailureCause,
  StoreInUse,
  StoreSealed,
  StoreSettingsRefusal,
} from '@keywarden/custom-key-stores';
import { type CustomKeyStoreId, type Result, SecretBytes, accept, refuse } from '@keywarden/kernel';
import { TokenHost, type TokenHostOptions, tokenHostDefaults } from './token-host';
import { type PoolOutcome, TokenPool } from './token-pool';
import { ivFieldBytes } from './token-ivs';
import type { TokenFault, TokenPlace, TokenWork } from './token-protocol';

/** What a cluster id stands for on this machine; from the operator's configuration alone. */
export interface TokenCluster extends TokenPlace {
  /** PEM: what CreateCustomKeyStore must present. Clusters with the same one share their keys. */
  readonly trustAnchor: string;
  /** Processes with a session each. 1 to 16 */
  readonly sessions: number;
}

export interface HsmBackendOptions {
  readonly clusters: ReadonlyMap<string, TokenCluster>;
  readonly ivFields: IvFields;
  readonly host?: Partial<TokenHostOptions>;
}

interface Held {
  readonly clusterId: string;
  readonly wrappedSecret: Uint8Array;
  readonly pool: TokenPool;
}

const tagBytes = 16;

const connectionErrors: Readonly<Record<TokenFault, ConnectionErrorCode>> = {
  LibraryMissing: 'INTERNAL_ERROR',
  ModuleUnusable: 'NETWORK_ERRORS',
  TokenMissing: 'INSUFFICIENT_CLOUDHSM_HSMS',
  MechanismMissing: 'INTERNAL_ERROR',
  PinIncorrect: 'INVALID_CREDENTIALS',
  PinLocked: 'USER_LOCKED_OUT',
  PinNotSet: 'USER_NOT_FOUND',
  AnotherUser: 'USER_LOGGED_IN',
  Failed: 'NETWORK_ERRORS',
};

/** Key stores in PKCS#11 tokens. Keys are made inside, never leave, and bear the id of their KMS key. */
export class HsmBackend implements KeyStoreBackend {
  readonly #held = new Map<CustomKeyStoreId, Held>();
  readonly #host: TokenHostOptions;

  constructor(private readonly options: HsmBackendOptions) {
    this.#host = { ...tokenHostDefaults, ...options.host };
  }

  async verify(
    use: StoreInUse,
    _call: StoreCall,
    before?: CustomKeyStore,
  ): Promise<Result<void, StoreSettingsRefusal>> {
    const { clusterId, trustAnchorCertificate } = backingOf(use.store);
    const cluster = this.options.clusters.get(clusterId);
    if (cluster === undefined) return refuse({ code: 'CloudHsmClusterNotFound', clusterId });
    if (before !== undefined && !this.related(backingOf(before).clusterId, clusterId)) {
      return refuse({ code: 'CloudHsmClusterNotRelated', clusterId });
    }
    if (anchorOf(trustAnchorCertificate) !== anchorOf(cluster.trustAnchor)) {
      return refuse({ code: 'IncorrectTrustAnchor' });
    }
    const host = new TokenHost(this.#host);
    const fault = await host.open(cluster, undefined);
    host.end();
    if (fault === undefined) return accept(undefined);
    const misconfigured = fault === 'MechanismMissing' || fault === 'LibraryMissing';
    return refuse({
      code: misconfigured ? 'CloudHsmClusterInvalidConfiguration' : 'CloudHsmClusterNotActive',
      clusterId,
    });
  }

  related(clusterId: string, otherClusterId: string): boolean {
    if (clusterId === otherClusterId) return true;
    const [one, other] = [this.options.clusters.get(clusterId), this.options.clusters.get(otherClusterId)];
    return one !== undefined && other !== undefined && anchorOf(one.trustAnchor) === anchorOf(other.trustAnchor);
  }

  async connect(use: StoreInUse): Promise<Result<void, ConnectionErrorCode>> {
    // Whoever connects wants to know how things are now, not how they were.
    await this.release(use.store.id);
    const pool = this.#pool(use);
    if (pool === undefined) return refuse('CLUSTER_NOT_FOUND');
    const fault = await pool.connect();
    return fault === undefined ? accept(undefined) : refuse(connectionErrors[fault]);
  }

  async release(id: CustomKeyStoreId): Promise<void> {
    const held = this.#held.get(id);
    this.#held.delete(id);
    await held?.pool.close();
  }

  async createKey(use: StoreInUse, key: KeyInStore): Promise<Result<void, KeyStoreFailed>> {
    return done(await this.#do(use, { kind: 'generate', key: key.keyId }));
  }

  async encrypt(
    use: StoreInUse,
    key: KeyInStore,
    plaintext: SecretBytes,
    boundTo: Uint8Array,
  ): Promise<Result<StoreSealed, KeyStoreFailed>> {
    const given = plaintext.expose((bytes) => Uint8Array.from(bytes));
    const outcome = await this.#do(use, { kind: 'encrypt', key: key.keyId, data: given, aad: boundTo });
    given.fill(0);
    if (!outcome.ok) return failed(outcome);
    const { iv, data } = outcome;
    if (iv === undefined || data?.length !== plaintext.length + tagBytes) return refuse(failure('TokenUnavailable'));
    return accept({ iv, ciphertext: data.subarray(0, -tagBytes), tag: data.subarray(-tagBytes) });
  }

  async decrypt(
    use: StoreInUse,
    key: KeyInStore,
    { iv, ciphertext, tag }: StoreSealed,
    boundTo: Uint8Array,
  ): Promise<Result<SecretBytes, KeyStoreFailed | StoreCiphertextRefused>> {
    const data = Buffer.concat([ciphertext, tag]);
    const outcome = await this.#do(use, { kind: 'decrypt', key: key.keyId, iv, data, aad: boundTo });
    if (!outcome.ok && outcome.fault === 'refused') return refuse({ code: 'CiphertextRefused' });
    return secretOf(outcome, ciphertext.length);
  }

  async random(use: StoreInUse, length: number): Promise<Result<SecretBytes, KeyStoreFailed>> {
    return secretOf(await this.#do(use, { kind: 'random', length }), length);
  }

  async destroyKey(use: StoreInUse, { keyId }: Pick<KeyInStore, 'keyId'>): Promise<Result<void, KeyStoreFailed>> {
    return done(await this.#do(use, { kind: 'destroy', key: keyId }));
  }

  /** Ends every token process. */
  async close(): Promise<void> {
    for (const id of [...this.#held.keys()]) await this.release(id);
  }

  /** The processes of a store, for tests and for whoever watches over them. */
  async pids(id: CustomKeyStoreId): Promise<readonly number[]> {
    return (await this.#held.get(id)?.pool.pids()) ?? [];
  }

  async #do(use: StoreInUse, work: TokenWork): Promise<PoolOutcome> {
    const pool = this.#pool(use);
    return pool === undefined ? { ok: false, fault: 'unavailable' } : pool.do(work);
  }

  /**
   * Drawn at random and then reserved: the reservation makes it the only one, and chance keeps it so when what was
   * reserved is forgotten, by a database that was put back from a backup, or known to one of two copies of it alone.
   */
  async #takeIvField(): Promise<Uint8Array> {
    for (let draw = 0; draw < 3; draw += 1) {
      const field = randomBytes(ivFieldBytes);
      if (await this.options.ivFields.reserve(field)) return field;
    }
    throw new Error('IV fields that were drawn at random are taken, again and again');
  }

  /** Sessions belong to one cluster and one PIN: with others they are opened anew. */
  #pool({ store, secret }: StoreInUse): TokenPool | undefined {
    const { clusterId } = backingOf(store);
    const cluster = this.options.clusters.get(clusterId);
    if (cluster === undefined) return undefined;
    const held = this.#held.get(store.id);
    const same = held?.clusterId === clusterId && Buffer.from(held.wrappedSecret).equals(store.wrappedSecret);
    if (held !== undefined && same) return held.pool;
    void held?.pool.close();
    // The secret of the caller may be wiped before the last session is opened.
    const pin = secret.expose((bytes) => SecretBytes.copyOf(bytes));
    const pool = new TokenPool(cluster, pin, cluster.sessions, this.#host, () => this.#takeIvField());
    this.#held.set(store.id, { clusterId, wrappedSecret: store.wrappedSecret, pool });
    return pool;
  }
}

function backingOf({ id, backing }: CustomKeyStore): CloudHsmBacking {
  if (backing.type !== 'AWS_CLOUDHSM') throw new Error(`${id} is no store in a token`);
  return backing;
}

/** The certificate itself where it is one, whatever its line ends; otherwise the text. */
function anchorOf(pem: string): string {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    return pem.trim();
  }
}

function failure(cause: StoreFailureCause): KeyStoreFailed {
  return { code: 'KeyStoreFailed', cause };
}

const causes = {
  timedOut: 'TokenTimedOut',
  unavailable: 'TokenUnavailable',
  lost: 'TokenUnavailable',
  refused: 'TokenUnavailable',
  keyNotFound: 'TokenKeyNotFound',
  keyUnfit: 'TokenKeyNotFound',
} as const;

function failed({ fault }: Extract<PoolOutcome, { ok: false }>): Result<never, KeyStoreFailed> {
  return refuse(failure(causes[fault]));
}

function done(outcome: PoolOutcome): Result<void, KeyStoreFailed> {
  return outcome.ok ? accept(undefined) : failed(outcome);
}

function secretOf(outcome: PoolOutcome, length: number): Result<SecretBytes, KeyStoreFailed> {
  if (!outcome.ok) return failed(outcome);
  return outcome.data?.length === length
    ? accept(SecretBytes.adopt(outcome.data))
    : refuse(failure('TokenUnavailable'));
}
