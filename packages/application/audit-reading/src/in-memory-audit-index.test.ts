import { InMemoryAuditIndex } from './in-memory-audit-index';
import { auditIndexContract } from './testing/audit-index-contract';

auditIndexContract(async (records) => new InMemoryAuditIndex(records));
