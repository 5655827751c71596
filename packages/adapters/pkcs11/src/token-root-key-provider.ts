import { createHash, randomBytes } from 'node:crypto';
import { type OpenProvider, type ProviderDescription, type RootKeyProvider, injectiveBytes } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import { type TokenHostOptions, tokenHostDefaults } from './token-host';
import { type PoolOutcome, TokenPool } from './token-pool';
import type { TokenFault, TokenWork } from './token-protocol';

export interface TokenRootKeyOptions {
  /** Path of the PKCS#11 module; from the operator alone. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  /** Label of the AES-256 key in it. */
  readonly keyLabel: string;
  /** Asked once; what it gives is taken over. */
  pin(): Promise<SecretBytes>;
  readonly timeouts?: TokenHostOptions;
}

/** The token cannot be used; the message is one line for an operator. */
export class TokenRootKeyError extends Error {
  override readonly name = 'TokenRootKeyError';
}

const formatVersion = 1;
const ivBytes = 12;
const tagBytes = 16;
const checkBytes = 16;
const checked = injectiveBytes('keywarden/token-provider-check/v1', []);

/**
 * A PKCS#11 token: root keys are encrypted inside it, with AES-256-GCM under a key that never leaves it. Which key that
 * was is known by a check, random bytes encrypted under it, so that a key may move to another token of its maker.
 */
export class TokenRootKeyProvider implements RootKeyProvider {
  readonly kind = 'pkcs11';
  readonly #options: TokenRootKeyOptions;
  #pool: Promise<TokenPool> | undefined;

  constructor(options: TokenRootKeyOptions) {
    this.#options = options;
  }

  /** Makes the key unless the token has it. @throws TokenRootKeyError */
  async create(): Promise<OpenProvider> {
    const { token, keyLabel } = this.#options;
    await this.#done({ kind: 'generate', key: keyLabel });
    await this.#done({ kind: 'inspect', key: keyLabel });
    const check = await this.#encrypt(randomBytes(checkBytes), checked);
    const parameters = { token, keyLabel, check: Buffer.from(check).toString('base64') };
    return this.#provider({ id: idOf(check), kind: this.kind, parameters });
  }

  /** @throws TokenRootKeyError */
  async open(description: ProviderDescription): Promise<OpenProvider | undefined> {
    const { id, kind, parameters } = description;
    if (kind !== this.kind) return undefined;
    const check = Buffer.from(typeof parameters.check === 'string' ? parameters.check : '', 'base64');
    if (idOf(check) !== id) {
      throw new TokenRootKeyError(`the stored description of the root key provider ${id} is damaged`);
    }
    await this.#done({ kind: 'inspect', key: this.#options.keyLabel });
    const opened = await this.#decrypt(check, checked);
    opened?.[Symbol.dispose]();
    return opened && this.#provider(description);
  }

  /** Ends the token process. */
  async close(): Promise<void> {
    await (await this.#pool)?.close();
  }

  /** For tests of what happens when the token process dies. */
  async pids(): Promise<readonly number[]> {
    return (await this.#pool)?.pids() ?? [];
  }

  #provider({ id, kind, parameters }: ProviderDescription): OpenProvider {
    return {
      description: { id, kind, parameters },
      wrap: async (rootKey, boundTo) => {
        const given = rootKey.expose((bytes) => Uint8Array.from(bytes));
        try {
          return await this.#encrypt(given, placed(boundTo));
        } finally {
          given.fill(0);
        }
      },
      unwrap: (wrapped, boundTo) => this.#decrypt(wrapped, placed(boundTo)),
    };
  }

  async #encrypt(data: Uint8Array, aad: Uint8Array): Promise<Uint8Array> {
    const { iv, data: sealed } = await this.#done({ kind: 'encrypt', key: this.#options.keyLabel, data, aad });
    if (iv?.length !== ivBytes || sealed?.length !== data.length + tagBytes) throw this.#failed('lost');
    return Uint8Array.from([formatVersion, ...iv, ...sealed]);
  }

  async #decrypt(wrapped: Uint8Array, aad: Uint8Array): Promise<SecretBytes | undefined> {
    const [iv, data] = [wrapped.subarray(1, 1 + ivBytes), wrapped.subarray(1 + ivBytes)];
    if (wrapped[0] !== formatVersion || data.length <= tagBytes) return undefined;
    const outcome = await this.#do({ kind: 'decrypt', key: this.#options.keyLabel, iv, data, aad });
    if (!outcome.ok && outcome.fault === 'refused') return undefined;
    if (!outcome.ok) throw this.#failed(outcome.fault);
    if (outcome.data?.length !== data.length - tagBytes) throw this.#failed('lost');
    return SecretBytes.adopt(outcome.data);
  }

  async #done(work: TokenWork): Promise<Extract<PoolOutcome, { ok: true }>> {
    const outcome = await this.#do(work);
    if (!outcome.ok) throw this.#failed(outcome.fault);
    return outcome;
  }

  async #do(work: TokenWork): Promise<PoolOutcome> {
    this.#pool ??= this.#options.pin().then((pin) => this.#poolWith(pin));
    const pool = await this.#pool;
    const fault = await pool.connect();
    if (fault !== undefined) throw new TokenRootKeyError(this.#faultLine(fault));
    return pool.do(work);
  }

  #poolWith(pin: SecretBytes): TokenPool {
    const { module, token, timeouts = tokenHostDefaults } = this.#options;
    return new TokenPool({ module, token, keysBy: 'CKA_LABEL' }, pin, 1, timeouts);
  }

  #failed(fault: Extract<PoolOutcome, { ok: false }>['fault']): TokenRootKeyError {
    const { token, keyLabel } = this.#options;
    const lines = {
      keyNotFound: `there is no key named ${keyLabel} in the token ${token}`,
      keyUnfit: `the key ${keyLabel} in the token ${token} must be the only one named so, AES-256, sensitive and not extractable`,
      refused: `the token ${token} refuses to work with the key ${keyLabel}`,
      timedOut: `the token ${token} did not answer in time`,
      unavailable: `the token ${token} is away, or does not do what it is asked`,
      lost: `the token ${token} answered with nothing useful`,
    };
    return new TokenRootKeyError(lines[fault]);
  }

  #faultLine(fault: TokenFault): string {
    const { module, token } = this.#options;
    const lines: Readonly<Record<TokenFault, string>> = {
      LibraryMissing: `the optional package pkcs11js is not installed, and without it the token ${token} cannot be reached`,
      ModuleUnusable: `the PKCS#11 module ${module} cannot be loaded`,
      TokenMissing: `there is no token ${token} in ${module}`,
      MechanismMissing: `the token ${token} cannot make AES keys, or has no AES-GCM`,
      PinIncorrect: `the token ${token} refuses the PIN, which is not tried again`,
      PinLocked: `the token ${token} has locked its PIN`,
      PinNotSet: `the token ${token} has no PIN of a user yet`,
      AnotherUser: `another user is logged in to the token ${token}`,
      Failed: `the token ${token} failed, or did not answer in time`,
    };
    return lines[fault];
  }
}

function idOf(check: Uint8Array): string {
  return `pkcs11-${createHash('sha256').update(check).digest('hex').slice(0, 16)}`;
}

function placed(boundTo: Uint8Array): Uint8Array {
  return injectiveBytes('keywarden/token-root-key/v1', [boundTo]);
}
