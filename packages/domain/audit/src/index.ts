export {
  type AuditTrail,
  AuditUnavailable,
  type AuditedCall,
  type AuditedService,
  type CallOrigin,
} from './audit-trail';
export { type NotedKey, type NotedRecipient, type NotedWebIdentity, RequestNotes } from './request-notes';
