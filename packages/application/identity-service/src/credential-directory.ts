import type { SecretWrapping } from '@keywarden/crypto';
import { type AccessKey, type Caller, type IdentityRepository, rootCaller } from '@keywarden/identity';
import type { Clock, Instant, SecretBytes } from '@keywarden/kernel';
import type { ChangeFeed } from '@keywarden/keys';
import { secretAccessKeyPlace } from './secret-access-key-place';

/** What is needed to check a signature of an access key. */
export interface Credential {
  readonly secretAccessKey: SecretBytes;
  readonly principal: Caller;
}

interface Entry {
  readonly credential: Credential | undefined;
  readonly readAt: Instant;
}

export interface CredentialDirectoryOptions {
  /** Access keys kept at most, unknown ones included. */
  readonly capacity: number;
  /** Milliseconds after which an entry is read again even if no change was heard of. */
  readonly maxAgeMs: number;
}

/**
 * Finds credentials of access keys, at once when the node has them in memory. That a key is unknown is remembered too,
 * so that guessing does not reach the store on every try. While changes may be missed nothing held is trusted.
 */
export class CredentialDirectory {
  readonly #entries = new Map<string, Entry>();
  #epoch = 0;

  /** @param onDrop told of each access key that was dropped, and of `undefined` when all were */
  constructor(
    private readonly identities: IdentityRepository,
    private readonly secrets: SecretWrapping,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
    private readonly options: CredentialDirectoryOptions,
    private readonly onDrop: (accessKeyId: string | undefined) => void = () => undefined,
  ) {
    feed.subscribe(
      (change) => {
        if (change.kind === 'accessKey') this.#drop(change.accessKeyId);
      },
      () => this.#drop(undefined),
    );
  }

  /** A session token with a long-term access key is for the verifier to refuse. */
  findSigningSecret(accessKeyId: string): Credential | undefined | Promise<Credential | undefined> {
    const entry = this.#entries.get(accessKeyId);
    const fresh = entry !== undefined && this.feed.live && this.clock.now() - entry.readAt < this.options.maxAgeMs;
    return fresh ? entry.credential : this.#read(accessKeyId);
  }

  async #read(accessKeyId: string): Promise<Credential | undefined> {
    const epoch = this.#epoch;
    const readAt = this.clock.now();
    const accessKey = await this.identities.findAccessKey(accessKeyId);
    const credential = accessKey?.status === 'Active' ? await this.#credentialOf(accessKey) : undefined;
    // INVARIANT: what was read before a drop is never kept after it.
    if (epoch === this.#epoch && this.feed.live) this.#keep(accessKeyId, { credential, readAt });
    return credential;
  }

  async #credentialOf(accessKey: AccessKey): Promise<Credential> {
    const secretAccessKey = await this.secrets.unwrap(secretAccessKeyPlace(accessKey), accessKey.wrappedSecret);
    return { secretAccessKey, principal: rootCaller(accessKey.account, accessKey.id) };
  }

  #keep(accessKeyId: string, entry: Entry): void {
    this.#entries.delete(accessKeyId);
    this.#entries.set(accessKeyId, entry);
    if (this.#entries.size <= this.options.capacity) return;
    const oldest = this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  #drop(accessKeyId: string | undefined): void {
    this.#epoch += 1;
    if (accessKeyId === undefined) this.#entries.clear();
    else this.#entries.delete(accessKeyId);
    this.onDrop(accessKeyId);
  }
}
