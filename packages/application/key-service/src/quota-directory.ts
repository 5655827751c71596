import type { ChangeFeed } from '@keywarden/keys';
import type { QuotaOverrides, QuotaValues } from '@keywarden/quotas';

/** Keeps the quotas in force up to what operators set, on any node. Until it has read again, the last ones hold. */
export class QuotaDirectory {
  #reading: Promise<void> | undefined;
  #again = false;
  #closed = false;

  /** @param onFault told when the overrides could not be read; somebody calls `read` again */
  constructor(
    private readonly overrides: QuotaOverrides,
    private readonly values: QuotaValues,
    feed: ChangeFeed,
    private readonly onFault: (fault: unknown) => void,
  ) {
    feed.subscribe(
      (change) => {
        if (change.kind === 'quotas') void this.refresh();
      },
      () => void this.refresh(),
    );
  }

  /** Reads them all. @throws when they cannot be read */
  async read(): Promise<void> {
    this.values.replace(await this.overrides.list());
  }

  /** Reads no more, and has nothing more to say of what it was reading. */
  close(): void {
    this.#closed = true;
  }

  /** One reading at a time, and another after it when something changed meanwhile; never rejects. */
  async refresh(): Promise<void> {
    if (this.#closed) return;
    if (this.#reading !== undefined) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = this.#readUntilQuiet().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readUntilQuiet(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.read();
      } catch (fault) {
        if (!this.#closed) this.onFault(fault);
      }
    } while (this.#again && !this.#closed);
  }
}
