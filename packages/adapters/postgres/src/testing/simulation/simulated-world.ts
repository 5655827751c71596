import { CacheMembership } from '../../cache-membership';
import { Settlement } from '../../settlement';
import { Schedule } from './schedule';
import { SimulatedPostgres } from './simulated-postgres';
import { type Parts, SimulatedProcess, type Witness } from './simulated-process';

/** A node served what had been changed before, although the change had been answered. */
export interface Violation {
  readonly atMs: number;
  readonly nodeId: string;
  readonly key: string;
  readonly served: number;
  readonly answered: number;
}

export interface Outcome {
  readonly violation: Violation | undefined;
  readonly answered: number;
  readonly served: number;
  readonly fromMemory: number;
  /** Changes not answered although all faults were over for longer than any lease. */
  readonly waiting: number;
}

export interface WorldParts extends Parts {
  readonly postgres: () => SimulatedPostgres;
  /** The clocks of processes run faster or slower by this share. */
  readonly drift: number;
}

export const longestLeaseMs = 1_000;
const leases = [500, longestLeaseMs];
const keys = ['one', 'two', 'three'];
const faultsUntilMs = 6_000;
const changesUntilMs = 6_500;
const endMs = 14_000;

/** What the adapter is made of. */
export const soundParts: WorldParts = {
  postgres: () => new SimulatedPostgres(),
  membership: (leaseMs, held) => new CacheMembership(leaseMs, held),
  settlement: (ownNodeId, longest) =>
    new Settlement({ ownNodeId, longestLeaseMs: longest, repeatMs: 100, observeMs: 250 }),
  mayKeep: (readings) => readings.begin(),
  dropsAll: true,
  countsFrom: 'committed',
  voidChangesWait: true,
  leaves: 'relinquished',
  drift: 0.04,
};

/** Three processes on one database, for fourteen seconds, in the first six of which all that can go wrong does. */
export function simulate(seed: number, parts: WorldParts = soundParts): Outcome {
  const schedule = new Schedule(seed);
  const postgres = parts.postgres();
  const answeredVersions = new Map<string, number>();
  const counts = { answered: 0, served: 0, fromMemory: 0 };
  let violation: Violation | undefined;
  let downUntilMs = 0;
  let processes: SimulatedProcess[] = [];
  let made = 0;

  const witness: Witness = {
    answeredVersion: (key) => answeredVersions.get(key) ?? 0,
    answered: (key, version) => {
      counts.answered += 1;
      answeredVersions.set(key, Math.max(version, answeredVersions.get(key) ?? 0));
    },
    served: (nodeId, key, version, since, fromMemory) => {
      counts.served += 1;
      if (fromMemory) counts.fromMemory += 1;
      if (version < since) violation ??= { atMs: schedule.nowMs, nodeId, key, served: version, answered: since };
    },
    serverDown: () => schedule.nowMs < downUntilMs,
  };
  const pick = <T>(some: readonly T[]): T => some[Math.floor(schedule.chance() * some.length)]!;
  const start = (): void => {
    const rate = 1 + (schedule.chance() < 0.5 ? -parts.drift : parts.drift);
    const process = new SimulatedProcess(
      `node-${(made += 1)}`,
      schedule,
      postgres,
      witness,
      parts,
      pick(leases),
      rate,
      longestLeaseMs,
    );
    processes.push(process);
    process.start();
  };
  const replace = (process: SimulatedProcess): void => {
    processes = processes.filter((one) => one !== process);
    schedule.in(schedule.between(0, 800), start);
  };
  const again = (mostMs: number, untilMs: number, happen: () => void): void => {
    schedule.in(schedule.between(0, mostMs), () => {
      if (schedule.nowMs > untilMs) return;
      if (processes.length > 0) happen();
      again(mostMs, untilMs, happen);
    });
  };

  /** What matters most happens right after a fault. */
  const changesFollow = (afterMs: number): void => {
    for (let turn = 0; turn < 4; turn += 1) {
      schedule.in(afterMs + schedule.between(0, 60), () => {
        if (processes.length > 0) pick(processes).change(pick(keys));
      });
    }
    for (let turn = 0; turn < 400; turn += 1) {
      schedule.in(afterMs + 3 * turn, () => {
        if (processes.length > 0) pick(processes).request(pick(keys));
      });
    }
  };
  const faults: readonly ((process: SimulatedProcess) => void)[] = [
    (process) => process.pause(schedule.between(50, 3_000)),
    (process) => process.sleep(schedule.between(500, 3_000)),
    (process) => process.setClock(schedule.between(-5_000, 5_000)),
    (process) => process.breakConnections(false),
    (process) => process.breakConnections(true),
    (process) => {
      process.cut = true;
      process.breakConnections(true);
      schedule.in(schedule.between(100, 3_000), () => (process.cut = false));
      changesFollow(0);
    },
    (process) => {
      process.kill();
      replace(process);
    },
    (process) => {
      process.leave();
      changesFollow(0);
      schedule.in(schedule.between(100, 800), () => replace(process));
    },
    () => {
      // Everybody says how far it is, and some of that is forgotten.
      postgres.passBy(5);
      pick(processes).changeNothing(pick(keys));
      schedule.in(schedule.between(5, 40), () => {
        postgres.crash();
        downUntilMs = schedule.nowMs + schedule.between(20, 600);
        changesFollow(downUntilMs - schedule.nowMs);
      });
    },
  ];

  for (let index = 0; index < 3; index += 1) start();
  again(15, changesUntilMs + 1_500, () => pick(processes).request(pick(keys)));
  again(120, changesUntilMs, () => pick(processes).change(pick(keys)));
  again(400, changesUntilMs, () => pick(processes).changeNothing(pick(keys)));
  again(60, faultsUntilMs, () => postgres.passBy(2));
  again(900, faultsUntilMs, () => pick(faults)(pick(processes)));
  schedule.run(endMs, () => violation !== undefined);
  const waiting = processes.reduce((sum, process) => sum + process.waiting, 0);
  return { violation, ...counts, waiting };
}
