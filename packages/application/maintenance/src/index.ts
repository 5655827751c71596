export type { DueKeys } from './due-keys';
export { ClocksDiffer, KeyMaintenance, type MaintenanceOptions, type TickReport } from './key-maintenance';
export { type LoopOptions, type Pause, runMaintenance } from './scheduler-loop';
