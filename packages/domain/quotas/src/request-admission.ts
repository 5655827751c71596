import type { Region, Tenancy } from '@keywarden/kernel';
import { type DataKeyPairSpec, type KeySpec, isKeySpec, specOf } from '@keywarden/keys';
import type { RequestLimiter } from './limiter';
import { type QuotaValues, quotaKey } from './quota-values';
import {
  type ChargeRule,
  type MeteredOperation,
  chargeRules,
  chargesElsewhere,
  keySpecQuotas,
  pairQuota,
  unattributedQuota,
} from './request-charges';
import type { RequestQuotaName } from './request-quotas';

/** At once while the node holds tokens, which is nearly always. */
export type Admitted = boolean | Promise<boolean>;

/** A key as far as its bucket goes. */
export interface MeteredKey extends Tenancy {
  readonly spec: KeySpec;
  readonly keyStore?: { readonly id: string };
}

/** The members of commands that decide on a bucket. */
export interface MeteredCommand {
  readonly keyPairSpec?: string;
  readonly replicaRegion?: string;
  readonly primaryRegion?: string;
}

/** Counts the requests of accounts. */
export class RequestQuotas {
  constructor(
    private readonly limiter: RequestLimiter,
    private readonly values: QuotaValues,
    /** The Regions this deployment serves: elsewhere nothing is done, and nothing counted. */
    private readonly regions: ReadonlySet<Region>,
  ) {}

  /** @param tenancy the account of the caller, whose keys it may be or not, and the Region of the request */
  open(tenancy: Tenancy, operation: MeteredOperation): RequestAdmission {
    return new RequestAdmission(this, tenancy, operation);
  }

  /** Spends of one bucket of an account. */
  spend(tenancy: Tenancy, quota: RequestQuotaName, cost = 1): Admitted {
    const key = quotaKey(tenancy, quota);
    return this.limiter.take(key, this.values.rate(key, tenancy.region, quota), cost);
  }

  /** Spends of the bucket of a custom key store, which all accounts that use its keys share. */
  spendOfStore(owner: Tenancy, customKeyStoreId: string): Admitted {
    const key = quotaKey(owner, 'custom-key-store');
    const rate = this.values.rate(key, owner.region, 'custom-key-store');
    return this.limiter.take(`${key}/${customKeyStoreId}`, rate, 1);
  }

  serves(region: string): region is Region {
    return (this.regions as ReadonlySet<string>).has(region);
  }
}

/**
 * What one request spends. It counts once, whether it succeeds, fails or is a dry run; a bucket is charged once even if
 * the request comes by it twice. Once refused it stays refused, but what it has spent of other buckets is spent.
 */
export class RequestAdmission {
  readonly #rule: ChargeRule;
  #first: RequestQuotaName | undefined;
  #refused = false;

  constructor(
    private readonly quotas: RequestQuotas,
    private readonly tenancy: Tenancy,
    private readonly operation: MeteredOperation,
  ) {
    this.#rule = chargeRules[operation];
  }

  /** The quota was spent: whatever else the request came to, its answer is that. */
  get refused(): boolean {
    return this.#refused;
  }

  /** Once the caller is known: all there is for most operations. */
  start(): Admitted {
    return this.#rule.by === 'operation' ? this.#charge(this.#rule.quota) : true;
  }

  /** Once the parameters are known, and before anything is done. */
  ofCommand(command: MeteredCommand): Admitted {
    if (this.#rule.by === 'pair') {
      const { keyPairSpec = '' } = command;
      return isPairSpec(keyPairSpec) ? this.#charge(pairQuota(keyPairSpec)) : true;
    }
    const charge = chargesElsewhere[this.operation];
    const region = command.replicaRegion ?? command.primaryRegion;
    if (charge === undefined || region === undefined || !this.quotas.serves(region)) return true;
    return this.#settled(this.quotas.spend({ account: this.tenancy.account, region }, charge.quota, charge.cost));
  }

  /**
   * Once the caller may use the key, and before anything is done with it: not earlier, or the bucket of its spec would
   * tell strangers that the key exists.
   */
  ofKey(key: MeteredKey): Admitted {
    if (this.#rule.by !== 'key') return true;
    const charged = this.#charge(keySpecQuotas[key.spec]);
    return key.keyStore === undefined ? charged : this.#both(charged, key, key.keyStore.id);
  }

  /** A random number from a custom key store. */
  ofStore(owner: Tenancy, customKeyStoreId: string): Admitted {
    return this.#settled(this.quotas.spendOfStore(owner, customKeyStoreId));
  }

  /** At the end of a request that failed before its bucket was known. */
  unattributed(): Admitted {
    return this.#first === undefined ? this.#charge(unattributedQuota) : !this.#refused;
  }

  async #both(charged: Admitted, owner: Tenancy, customKeyStoreId: string): Promise<boolean> {
    return (await charged) && (await this.ofStore(owner, customKeyStoreId));
  }

  #charge(quota: RequestQuotaName): Admitted {
    // Of ReEncrypt only a second key of another kind costs again.
    if (this.#first === quota) return !this.#refused;
    this.#first ??= quota;
    return this.#settled(this.quotas.spend(this.tenancy, quota));
  }

  #settled(admitted: Admitted): Admitted {
    if (typeof admitted !== 'boolean') return admitted.then((later) => this.#note(later));
    return this.#note(admitted);
  }

  #note(admitted: boolean): boolean {
    if (!admitted) this.#refused = true;
    return !this.#refused;
  }
}

function isPairSpec(text: string): text is DataKeyPairSpec {
  return isKeySpec(text) && specOf(text).dataKeyPair;
}
