import type { SecretWrapping } from '@keywarden/crypto';
import type { AccessKey, Caller, IdentityRepository, PrincipalRepository } from '@keywarden/identity';
import { type AccountId, type Clock, type Instant, type Region, SecretBytes } from '@keywarden/kernel';
import { type Change, type ChangeFeed, Readings } from '@keywarden/keys';
import { Callers } from './callers';
import { secretAccessKeyPlace } from './secret-access-key-place';
import { SessionTokens } from './session-token';

/** What is needed to check a signature of an access key. */
export interface Credential {
  readonly secretAccessKey: SecretBytes;
  /** The token that temporary credentials must present. */
  readonly sessionToken?: SecretBytes;
  readonly expiresAt?: Instant;
  readonly principal: Caller;
}

/** Why a session token does not count. */
export interface CredentialRefused {
  readonly code: 'SessionTokenUnrecognised' | 'SessionTokenExpired';
}

interface Entry {
  readonly credential: Credential | undefined;
  readonly readAt: Instant;
  readonly accessKeyId: string;
  /** Of a session: the long-term access key it ends with. */
  readonly originAccessKeyId?: string;
  /** Whose principals it was read from: none, those of one account, or of a session, whose chain may cross accounts, any. */
  readonly restsOn: AccountId | 'none' | 'any';
}

export interface CredentialDirectoryOptions {
  /** Access keys kept at most, unknown ones included. */
  readonly capacity: number;
  /** Milliseconds after which an entry is read again even if no change was heard of. */
  readonly maxAgeMs: number;
}

/** What users, roles and sessions need besides access keys. Without it only root users are known. */
export interface PrincipalSources {
  readonly principals: PrincipalRepository;
  /** Whose domain keys session tokens are sealed under. */
  readonly homeRegion: Region;
}

/**
 * Finds credentials of access keys, at once when the node has them in memory, with what their caller may do. That a key is
 * unknown is remembered too, so that guessing does not reach the store on every try. While changes may be missed nothing
 * held is trusted.
 */
export class CredentialDirectory {
  readonly #entries = new Map<string, Entry>();
  readonly #callers: Callers;
  readonly #tokens: SessionTokens | undefined;
  readonly #readings: Readings;
  #hits = 0;
  #misses = 0;

  /** @param onDrop told of each access key that was dropped, and of `undefined` when all were */
  constructor(
    private readonly identities: Pick<IdentityRepository, 'findAccount' | 'findAccessKey'>,
    private readonly secrets: SecretWrapping,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
    private readonly options: CredentialDirectoryOptions,
    private readonly onDrop: (accessKeyId: string | undefined) => void = () => undefined,
    sources?: PrincipalSources,
  ) {
    this.#callers = new Callers(identities, sources?.principals);
    this.#tokens = sources && new SessionTokens(secrets, sources.homeRegion);
    this.#readings = new Readings(feed);
    feed.subscribe(
      (change) => this.#hear(change),
      () => this.#dropAll(),
    );
  }

  /** How often a credential was in memory since the start, and how many are now. */
  get counts(): { readonly hits: number; readonly misses: number; readonly entries: number } {
    return { hits: this.#hits, misses: this.#misses, entries: this.#entries.size };
  }

  findSigningSecret(accessKeyId: string): Credential | undefined | Promise<Credential | undefined>;
  findSigningSecret(
    accessKeyId: string,
    sessionToken: string | undefined,
  ): Credential | CredentialRefused | undefined | Promise<Credential | CredentialRefused | undefined>;
  /** A session token with a long-term access key is for the verifier to refuse. */
  findSigningSecret(
    accessKeyId: string,
    sessionToken?: string,
  ): Credential | CredentialRefused | undefined | Promise<Credential | CredentialRefused | undefined> {
    const temporary = accessKeyId.startsWith('ASIA') && sessionToken !== undefined;
    // No token holds a blank.
    const name = temporary ? `${accessKeyId} ${sessionToken}` : accessKeyId;
    const entry = this.#entries.get(name);
    const fresh = entry !== undefined && this.feed.live && this.clock.now() - entry.readAt < this.options.maxAgeMs;
    if (fresh) {
      this.#hits += 1;
      return entry.credential;
    }
    this.#misses += 1;
    return temporary ? this.#readSession(name, accessKeyId, sessionToken) : this.#read(accessKeyId);
  }

  async #read(accessKeyId: string): Promise<Credential | undefined> {
    const mayKeep = this.#readings.begin();
    const readAt = this.clock.now();
    const accessKey = await this.identities.findAccessKey(accessKeyId);
    const credential = accessKey?.status === 'Active' ? await this.#credentialOf(accessKey) : undefined;
    const restsOn = accessKey?.userId === undefined ? 'none' : accessKey.account;
    this.#keep(mayKeep, accessKeyId, { credential, readAt, accessKeyId, restsOn });
    return credential;
  }

  async #credentialOf(accessKey: AccessKey): Promise<Credential | undefined> {
    const principal = await this.#callers.ofAccessKey(accessKey);
    if (principal === undefined) return undefined;
    const secretAccessKey = await this.secrets.unwrap(secretAccessKeyPlace(accessKey), accessKey.wrappedSecret);
    return { secretAccessKey, principal };
  }

  /** Tokens that do not count are not remembered: there is no end of them. */
  async #readSession(name: string, accessKeyId: string, token: string): Promise<Credential | CredentialRefused> {
    const mayKeep = this.#readings.begin();
    const readAt = this.clock.now();
    const written = this.#tokens?.read(token);
    // Before anything is opened: a made-up account must not get a domain key.
    const known = written?.accessKeyId === accessKeyId && (await this.identities.findAccount(written.account));
    const opened = known ? await this.#tokens?.open(token) : undefined;
    if (opened === undefined) return { code: 'SessionTokenUnrecognised' };
    const { claims, secretAccessKey } = opened;
    if (claims.expiresAt <= readAt) return { code: 'SessionTokenExpired' };
    const principal = await this.#callers.ofSession(claims);
    if (principal === undefined) return { code: 'SessionTokenUnrecognised' };
    const sessionToken = SecretBytes.adopt(new TextEncoder().encode(token));
    const credential = { secretAccessKey, sessionToken, expiresAt: claims.expiresAt, principal };
    const { originAccessKeyId } = claims;
    this.#keep(mayKeep, name, { credential, readAt, accessKeyId, originAccessKeyId, restsOn: 'any' });
    return credential;
  }

  #keep(mayKeep: () => boolean, name: string, entry: Entry): void {
    if (!mayKeep()) return;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    if (this.#entries.size <= this.options.capacity) return;
    const oldest = this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  #hear(change: Change): void {
    if (change.kind === 'accessKey') {
      const { accessKeyId } = change;
      this.#drop((entry) => entry.accessKeyId === accessKeyId || entry.originAccessKeyId === accessKeyId);
      this.onDrop(accessKeyId);
    }
    if (change.kind === 'principal') this.#drop(({ restsOn }) => restsOn === change.account || restsOn === 'any');
  }

  #drop(concerned: (entry: Entry) => boolean): void {
    this.#readings.dropped();
    for (const [name, entry] of this.#entries) if (concerned(entry)) this.#entries.delete(name);
  }

  #dropAll(): void {
    this.#readings.dropped();
    this.#entries.clear();
    this.onDrop(undefined);
  }
}
