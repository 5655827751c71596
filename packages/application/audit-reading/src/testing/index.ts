export { aRecord, chainOf } from './a-record';
export { auditIndexContract } from './audit-index-contract';
