export type { AuditIndex, FoundRecord, LookupAttribute, RecordPosition, RecordQuery } from './audit-index';
export {
  type EventsPage,
  type LookedUpEvent,
  type LookupEvents,
  LookupEventsHandler,
  type LookupRefusal,
  lookupAttributeKeys,
} from './lookup-events';
export { InMemoryAuditIndex, type IndexedRecord } from './in-memory-audit-index';
export { type ImpactOptions, type KeyImpact, type PrincipalUse, keyImpact } from './key-impact';
export { NewRecords, recordsNewestFirst } from './record-streams';
