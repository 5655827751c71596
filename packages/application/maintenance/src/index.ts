export type { ClaimedKey, DueBacklog, DueKeys, KeyDeadline, KeyDeadlines } from './due-keys';
export { inParallel } from './in-parallel';
export { ClocksDiffer, KeyMaintenance, type MaintenanceOptions, type TickReport } from './key-maintenance';
export { type LoopOptions, type Pause, runMaintenance } from './scheduler-loop';
