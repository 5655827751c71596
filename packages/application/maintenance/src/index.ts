export {
  type ClaimedKey,
  type DueBacklog,
  type DueKeys,
  type KeyDeadline,
  type KeyDeadlines,
  assertClaim,
} from './due-keys';
export { inParallel } from './in-parallel';
export { ClocksDiffer, KeyMaintenance, type MaintenanceOptions, type TickReport } from './key-maintenance';
export { type LoopOptions, type Pause, runMaintenance } from './scheduler-loop';
