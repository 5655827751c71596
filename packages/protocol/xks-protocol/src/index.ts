export { xksContentType, xksLimits, xksSigningName } from './limits';
export { type XksAnswer, type XksOperation, type XksRequest, xksOperations } from './operations';
export { type XksTarget, isExternalKeyId, isXksUriPath, parseXksTarget, xksPath } from './uri-path';
export { type XksError, type XksErrorName, encodeXksError, parseXksError, xksErrors } from './errors';
export { type CoveredByIntegrityValue, integrityValue, integrityValueMatches } from './integrity-value';
