import type { Clock, Instant } from '@keywarden/kernel';
import type { JWTVerifyGetKey } from 'jose';
import type { WebIdentityLimits } from './limits';
import { publicKeys } from './public-keys';

/** Keys at hand, and whether the last try to get them went wrong. */
export interface KeysAtHand {
  readonly find: JWTVerifyGetKey | undefined;
  readonly failing: boolean;
}

/**
 * The keys of one issuer, kept for a while. Whatever tokens arrive, the source is asked by one call at a time and not
 * more often than the cool-down allows.
 */
export class IssuerKeys {
  readonly #load: () => Promise<unknown>;
  readonly #clock: Clock;
  readonly #limits: WebIdentityLimits;
  #known: { readonly find: JWTVerifyGetKey; readonly loadedAt: Instant } | undefined;
  #triedAt: Instant | undefined;
  #failing = false;
  #loading: Promise<void> | undefined;

  constructor(load: () => Promise<unknown>, clock: Clock, limits: WebIdentityLimits) {
    this.#load = load;
    this.#clock = clock;
    this.#limits = limits;
  }

  async current(): Promise<KeysAtHand> {
    if (!this.#youngerThan(this.#known?.loadedAt, this.#limits.maxKeyAgeMs)) await this.#refresh();
    return this.#atHand();
  }

  /** After a key was not found: asks the source again, unless that was done a moment ago. */
  async newer(): Promise<KeysAtHand> {
    await this.#refresh();
    return this.#atHand();
  }

  #atHand(): KeysAtHand {
    const usable = this.#youngerThan(this.#known?.loadedAt, this.#limits.maxStaleKeyAgeMs);
    return { find: usable ? this.#known?.find : undefined, failing: this.#failing };
  }

  async #refresh(): Promise<void> {
    if (this.#loading === undefined) {
      if (this.#youngerThan(this.#triedAt, this.#limits.coolDownMs)) return;
      this.#triedAt = this.#clock.now();
      this.#loading = this.#replace();
    }
    await this.#loading;
  }

  async #replace(): Promise<void> {
    try {
      this.#known = { find: publicKeys(await this.#load()), loadedAt: this.#clock.now() };
      this.#failing = false;
    } catch {
      this.#failing = true;
    } finally {
      this.#loading = undefined;
    }
  }

  /** A moment in the future is not trusted: the clock was set back. */
  #youngerThan(moment: Instant | undefined, milliseconds: number): boolean {
    if (moment === undefined) return false;
    const age = this.#clock.now() - moment;
    return age >= 0 && age < milliseconds;
  }
}
