import {
  type AnnouncedChange,
  CacheMembership,
  type Clocks,
  type HeldCopies,
  type Joined,
  type Pull,
  type Pulled,
} from '../../cache-membership';
import { Settlement, type Waiting } from '../../settlement';
import { SimulatedPostgres } from './simulated-postgres';
import { type WorldParts, longestLeaseMs } from './simulated-world';

const settlementOptions = { longestLeaseMs, repeatMs: 100, observeMs: 250 };

class WithoutUnderWay extends CacheMembership {
  override answered(answer: Joined | Pulled): void {
    super.answered({ ...answer, position: { ...answer.position, underWay: [] } });
  }
}

class AcknowledgesBeforeItDrops extends CacheMembership {
  #undropped: readonly AnnouncedChange[] = [];
  override answered(answer: Joined | Pulled): void {
    if (answer.kind === 'joined') return super.answered(answer);
    const changes = this.#undropped;
    this.#undropped = answer.changes ?? [];
    super.answered({ ...answer, changes });
  }
}

class LeaseFromReceipt extends CacheMembership {
  readonly #leaseMs: number;
  readonly #clocks: () => Clocks;
  #receivedMs = Number.NEGATIVE_INFINITY;
  #renewing = false;
  constructor(leaseMs: number, held: HeldCopies, clocks: () => Clocks) {
    super(leaseMs, held);
    this.#leaseMs = leaseMs;
    this.#clocks = clocks;
  }
  override next(now: Clocks): ReturnType<CacheMembership['next']> {
    const request = super.next(now);
    if (request?.kind === 'join') this.#receivedMs = Number.NEGATIVE_INFINITY;
    if (request !== undefined) this.#renewing = request.kind === 'join' || request.renew;
    return request;
  }
  override answered(answer: Joined | Pulled): void {
    super.answered(answer);
    if (this.#renewing && this.member) this.#receivedMs = this.#clocks().steadyMs;
  }
  override holdsAt(steadyMs: number): boolean {
    return steadyMs < this.#receivedMs + this.#leaseMs * 0.9;
  }
}

class SteadyClockAlone extends CacheMembership {
  override holdsAt(steadyMs: number): boolean {
    return super.holdsAt(steadyMs, Number.NEGATIVE_INFINITY);
  }
}

/** What was read before it had joined stays. */
class KeepsWhatItReadWhileJoining extends CacheMembership {
  static of(leaseMs: number, held: HeldCopies): CacheMembership {
    let joining = false;
    const quiet = { drop: held.drop, dropAll: () => (joining ? undefined : held.dropAll()) };
    return new (class extends CacheMembership {
      override answered(answer: Joined | Pulled): void {
        joining = answer.kind === 'joined';
        super.answered(answer);
        joining = false;
      }
    })(leaseMs, quiet);
  }
}

class DoesNotWait extends Settlement {
  override add(_waiting: Waiting, settled: () => void): void {
    settled();
  }
}

class EvictsWithoutLooking extends SimulatedPostgres {
  protected override mayEvict(): boolean {
    return true;
  }
}

class RenewsWithoutTelling extends SimulatedPostgres {
  override pull(nodeId: string, request: Pull): Pulled {
    const pulled = super.pull(nodeId, request);
    return request.renew ? { ...pulled, changes: [], position: request.after } : pulled;
  }
}

class ForgetsNodesInACrash extends SimulatedPostgres {
  override crash(): void {
    this.nodes.clear();
    super.crash();
  }
}

/** By what is left out, the parts of a world in which it is. */
export const faultyParts: readonly (readonly [string, Partial<WorldParts>])[] = [
  [
    'the answer does not wait for acknowledgements',
    { settlement: (ownNodeId) => new DoesNotWait({ ownNodeId, ...settlementOptions }) },
  ],
  ['the lease counts from the receipt of its renewal', { membership: (...given) => new LeaseFromReceipt(...given) }],
  ['a reading is kept although something was dropped meanwhile', { mayKeep: () => () => true }],
  [
    'a node acknowledges before it drops',
    { membership: (leaseMs, held) => new AcknowledgesBeforeItDrops(leaseMs, held) },
  ],
  [
    'a position is the highest number seen, and a lower one is committed later',
    { membership: (leaseMs, held) => new WithoutUnderWay(leaseMs, held) },
  ],
  ['a node that joins again keeps what it held', { dropsAll: false }],
  [
    'a node keeps what it read while it joined',
    { membership: (leaseMs, held) => KeepsWhatItReadWhileJoining.of(leaseMs, held) },
  ],
  ['a node is put out without a look at its renewals', { postgres: () => new EvictsWithoutLooking() }],
  ['a renewal does not bring what was changed before it', { postgres: () => new RenewsWithoutTelling() }],
  ['the database forgets the nodes when it crashes', { postgres: () => new ForgetsNodesInACrash() }],
  [
    'no part of the lease is left for clocks that differ',
    { membership: (leaseMs, held) => new CacheMembership(leaseMs / 0.9, held) },
  ],
  [
    'only the steady clock is asked, and a machine sleeps',
    { membership: (leaseMs, held) => new SteadyClockAlone(leaseMs, held) },
  ],
  ['the writer counts from before its commit', { countsFrom: 'committing' }],
  [
    'a writer without the database waits for no lease',
    { settlement: (ownNodeId) => new Settlement({ ownNodeId, ...settlementOptions, longestLeaseMs: 0 }) },
  ],
  ['who asks for what is so already is answered at once', { voidChangesWait: false }],
  ['a node leaves before it gives up what it holds', { leaves: 'holding' }],
];
