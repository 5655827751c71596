import type { Metrics } from '@keywarden/telemetry';

/** Why a process cannot serve yet; shown by its health check. */
export type SealedReason = 'sealed' | 'sealed: no root key yet';

/** How far the unsealing of a process is, for its health check and metrics. */
export class Sealing {
  #reason: SealedReason | undefined;
  #given = 0;
  #needed = 0;

  /** Absent: it is not sealed. */
  get reason(): SealedReason | undefined {
    return this.#reason;
  }

  /** @param needed shares; 0 when that is not known */
  begin(reason: SealedReason, needed = 0): void {
    this.#reason = reason;
    [this.#given, this.#needed] = [0, needed];
  }

  given(shares: number): void {
    this.#given = shares;
  }

  end(): void {
    this.#reason = undefined;
    [this.#given, this.#needed] = [0, 0];
  }

  /** All three are 0 once the process is unsealed. */
  observedBy(metrics: Metrics): void {
    metrics.gauge({ name: 'keywarden_sealed', help: '1 while this process waits for shares of its root key.' }, () =>
      this.#reason === undefined ? 0 : 1,
    );
    metrics.gauge(
      { name: 'keywarden_unseal_shares_given', help: 'Shares that were given to this sealed process.' },
      () => this.#given,
    );
    metrics.gauge(
      { name: 'keywarden_unseal_shares_needed', help: 'Shares that unseal this sealed process.' },
      () => this.#needed,
    );
  }
}
