import type { DataKeyPair, DataKeyPairSource } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import type { DataKeyPairSpec } from '@keywarden/keys';
import { generatePair } from './key-pair-kinds';
import type { SlowWork } from './slow-work';

export interface DataKeyPairPoolOptions {
  /**
   * Pairs kept ready for each spec. By default RSA only, because the others take less than a millisecond: 4 of 2,048
   * bits, 2 of 3,072 and 2 of 4,096.
   */
  readonly ready?: { readonly [S in DataKeyPairSpec]?: number };
  /** Specs to fill from the start; others are filled once they were asked for. None by default. */
  readonly fillAtStart?: readonly DataKeyPairSpec[];
  /** Told when filling ahead failed; callers are not affected. Filling goes on with the next request. */
  readonly onFillError?: (error: unknown) => void;
}

const defaultReady: { readonly [S in DataKeyPairSpec]?: number } = { RSA_2048: 4, RSA_3072: 2, RSA_4096: 2 };

/** Key pairs for use outside KMS, made ahead one at a time in the background. Each is handed out once. */
export class DataKeyPairPool implements DataKeyPairSource {
  readonly #slow: SlowWork;
  readonly #options: DataKeyPairPoolOptions;
  readonly #ready = new Map<DataKeyPairSpec, DataKeyPair[]>();
  readonly #wanted = new Set<DataKeyPairSpec>();
  #filling: Promise<void> | undefined;
  #closed = false;

  constructor(slow: SlowWork, options: DataKeyPairPoolOptions = {}) {
    this.#slow = slow;
    this.#options = options;
    for (const spec of options.fillAtStart ?? []) this.#wanted.add(spec);
    this.#fill();
  }

  async take(spec: DataKeyPairSpec): Promise<DataKeyPair> {
    if (this.#closed) throw new Error('the pool of data key pairs is closed');
    const ready = this.#ready.get(spec)?.shift();
    this.#wanted.add(spec);
    this.#fill();
    return ready ?? (await this.#make(spec));
  }

  /** How many pairs of a spec are ready now. */
  readyCount(spec: DataKeyPairSpec): number {
    return this.#ready.get(spec)?.length ?? 0;
  }

  /** Resolves when everything wanted is filled. */
  async filled(): Promise<void> {
    await this.#filling;
  }

  /** Wipes what is ready and hands out nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const pairs of this.#ready.values()) for (const pair of pairs) pair.privateKey[Symbol.dispose]();
    this.#ready.clear();
    await this.#filling;
  }

  #fill(): void {
    this.#filling ??= this.#fillAll()
      .catch((error: unknown) => this.#options.onFillError?.(error))
      .finally(() => {
        this.#filling = undefined;
      });
  }

  /** The emptiest spec first, so that demand for one does not starve the others. */
  async #fillAll(): Promise<void> {
    for (let spec = this.#emptiest(); spec !== undefined && !this.#closed; spec = this.#emptiest()) {
      const pair = await this.#make(spec);
      const pairs = this.#ready.get(spec) ?? [];
      if (this.#closed) pair.privateKey[Symbol.dispose]();
      else this.#ready.set(spec, [...pairs, pair]);
    }
  }

  #emptiest(): DataKeyPairSpec | undefined {
    const target = this.#options.ready ?? defaultReady;
    const missing = [...this.#wanted].filter((spec) => this.readyCount(spec) < (target[spec] ?? 0));
    return missing.sort((left, right) => this.readyCount(left) - this.readyCount(right))[0];
  }

  async #make(spec: DataKeyPairSpec): Promise<DataKeyPair> {
    const { privateKey, publicKey } = await this.#slow.threadPool.run(() => generatePair(spec));
    return {
      privateKey: SecretBytes.adopt(privateKey.export({ format: 'der', type: 'pkcs8' })),
      publicKey: Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' })),
    };
  }
}
