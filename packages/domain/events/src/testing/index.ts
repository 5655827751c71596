export { type EventLogHarness, eventLogContract } from './event-log-contract';
