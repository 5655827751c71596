export type { DueKeys } from './due-keys';
